import { defineConfig, type Options } from 'tsup'

/**
 * How every published package is built. Replacing the bundler is an edit of this file alone.
 *
 * @param entry - one key for each subpath of the package's `exports`, with the file it comes from
 */
export function library(entry: Record<string, string>): ReturnType<typeof defineConfig> {
  const options: Options = {
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
    // Entries named for a platform import its modules: not ours to bundle, and Deno knows them by `node:` names alone.
    removeNodeProtocol: false,
    external: [/^node:/],
    esbuildOptions(esbuild) {
      // Writes constants of `chars.ts` into the code that compares with them (a third faster on Node 20)
      // and leaves names and white space alone, so that what is published can still be read and debugged.
      esbuild.minifySyntax = true
    },
  }
  return defineConfig(options)
}
