// Builds the page and the server into `dist/`, from the sources of the packages: `npm start` needs no other build, and
// the result runs on every Node that the packages support.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const here = import.meta.dirname
const packages = path.join(here, '../../packages')

/** Each entry of the packages by its name, as the source that it is built from. */
const alias = [
  { find: /^@tesserae\/([a-z]+)$/, replacement: path.join(packages, '$1/src/index.ts') },
  { find: /^@tesserae\/([a-z]+)\/(.+)$/, replacement: path.join(packages, '$1/src/$2.ts') },
]

/** The testkit finds its recordings beside its own files, which a bundle would move. */
const keepsItsPlace = {
  name: 'keeps-its-place',
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    if (!id.endsWith('testkit/src/recordings.ts')) return undefined
    return code.replace('import.meta.url', JSON.stringify(pathToFileURL(id).href))
  },
}

const shared = /** @type {const} */ ({
  configFile: false,
  logLevel: 'warn',
  resolve: { alias },
})

/** A slow machine is not a mistake of the build. */
const checks = { bundlerTimings: false }

await build({
  ...shared,
  root: path.join(here, 'page'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: path.join(here, 'dist/page'),
    emptyOutDir: true,
    rolldownOptions: {
      input: ['index.html', 'chat.html'].map((file) => path.join(here, 'page', file)),
      checks,
    },
  },
  worker: { format: 'es' },
})
await build({
  ...shared,
  root: here,
  plugins: [keepsItsPlace],
  ssr: { noExternal: true },
  build: {
    ssr: path.join(here, 'server/main.ts'),
    outDir: path.join(here, 'dist/server'),
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: { checks },
  },
})
