import type { KnipConfig } from 'knip'
import path from 'node:path'
import { publishedPackages } from '../config/workspaces.ts'

// What the compiler tests, nothing imports.
const tests = ['test/**/*.test.ts', 'test/**/*.long.ts', 'test/types.ts', 'test/types/*.ts']
const project = ['src/**/*.ts', 'test/**/*.ts']

/** A tool depends on the packages that turbo has to build before it, whether it imports them or not. */
function tool(
  more: { entry?: string[]; project?: string[]; ignoreDependencies?: string[] } = {},
): object {
  return {
    entry: [...tests, ...(more.entry ?? [])],
    project: [...project, ...(more.project ?? [])],
    ignoreDependencies: ['@tesserae/.+', ...(more.ignoreDependencies ?? [])],
  }
}

const config: KnipConfig = {
  ignoreExportsUsedInFile: true,
  // Programs of the system, which no package brings.
  ignoreBinaries: ['apt-get', 'dpkg-deb', 'openssl', 'script'],
  // `describe` and `suite` are one function under two names on purpose.
  exclude: ['duplicates'],
  workspaces: {
    // What the packages' scripts run is there for all of them.
    '.': { entry: [], project: [], ignoreDependencies: ['pnpm', 'tsup', 'turbo', 'vitest'] },
    // A package begins at what it exports, and so do its users.
    ...Object.fromEntries(
      publishedPackages(process.cwd()).map(({ short, folder, entries }) => {
        const sources = entries.map(({ source }) => path.relative(folder, source))
        return [`packages/${short}`, { entry: [...sources, ...tests], project }]
      }),
    ),
    'tooling/*': tool(),
    // Each implementation is loaded by its name, in a process of its own.
    'tooling/bench': tool({ entry: ['src/worker.ts', 'src/ours/*.ts'] }),
    // Each peer runs in a process of its own; what is timed is loaded by its name.
    'tooling/conformance': tool({
      entry: ['src/peer-process.ts', 'test/wpt/{run.ts,play-file.mjs}'],
    }),
    // The harness is bundled into what runs on each runtime.
    'tooling/consumers': tool({
      entry: ['src/harness/*.ts'],
      // Peers, copied into the projects that the tarballs are installed in.
      ignoreDependencies: ['ioredis', 'redis'],
    }),
    // The examples of the documents import the rest, and a test type-checks them.
    'tooling/docs': tool({
      entry: ['test/preludes/*.ts', 'test/support/examples/example-process.ts'],
      ignoreDependencies: ['.+'],
    }),
    // Two of its servers run on other runtimes, and foreign servers in processes of their own, by the path of files.
    'tooling/interop': tool({
      entry: [
        'src/engine/record*.ts',
        'src/foreign/{llms,loopback}.ts',
        'src/stores/figures.ts',
        'test/support/chaos/server.ts',
        'test/support/servers/{bun,deno}.ts',
        'test/support/stores/bun-conformance.ts',
      ],
      ignoreDependencies: [
        '@copilotkit/aimock',
        '@dwmkerr/mock-llm',
        '@musistudio/llms',
        '@portkey-ai/gateway',
        'mock-openai-api',
        'openai-mock-api',
        // Bundled into pages by their tests.
        '@ai-sdk/react',
        'react',
        'react-dom',
      ],
    }),
    // The page begins at a script of its HTML, the server where the build says.
    'tooling/playground': tool({
      entry: ['page/{main,chat/main}.tsx', 'page/language.ts', 'server/main.ts', 'build.mjs'],
      project: ['server/**/*.ts', 'page/**/*.{ts,tsx}', '*.mjs'],
    }),
    // The checks run these programs by the path of their files.
    'tooling/repo': tool({
      entry: ['run.mjs', 'smoke.mjs', 'src/release/pack.ts'],
      project: ['*.mjs', 'run/*.mjs'],
      ignoreDependencies: ['@arethetypeswrong/cli', 'oxfmt', 'oxlint', 'publint'],
    }),
    // Where tests are bundled, fast-check has to be found from here.
    'tooling/config': tool({
      entry: ['*.ts', 'vitest/*.ts'],
      project: ['*.ts', 'vitest/*.ts'],
      ignoreDependencies: ['fast-check', 'tsup'],
    }),
  },
}

export default config
