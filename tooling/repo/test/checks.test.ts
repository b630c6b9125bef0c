// Each check is shown something broken, and has to say so in the right words. What it is shown intact is this
// repository itself, in `npm run check`; here only what that cannot show.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { changesets } from '../src/checks/changesets.ts'
import { graph } from '../src/checks/graph.ts'
import { format, lint, unused } from '../src/checks/programs.ts'
import { ofContents, tarballs } from '../src/checks/tarballs.ts'
import { traces } from '../src/checks/traces.ts'
import { rules, workflows } from '../src/checks/workflows.ts'
import { runChecks } from '../src/run-checks.ts'
import { commit, manifest, scratchRepository } from './scratch-repository.ts'

const pnpm = { packageManager: 'pnpm@12.21.0', devDependencies: { pnpm: '12.21.0' } }

describe.concurrent('lint', () => {
  const says = async (file: string, text: string) =>
    (await lint.problems(scratchRepository({ [file]: text, '.gitignore': '' }))).join('\n')

  test.each([
    [
      'packages/x/src/a.ts',
      'export const b = (a: number[]) => a[0]!\n',
      /a\.ts:1:\d+: Forbidden non-null assertion/,
    ],
    ['packages/x/src/a.ts', 'export default 1\n', /no-default-export/],
    ['packages/x/src/a.ts', 'console.log(1)\n', /no-console/],
    ['packages/x/src/a.ts', 'export const b: any = 1\n', /no-explicit-any/],
    ['packages/x/src/a.ts', '// todo: this\n', /no-warning-comments/],
    ['packages/x/src/aB.ts', 'export const b = 1\n', /filename-case/],
    [
      'packages/x/test/a.test.ts',
      "import { it } from 'vitest'\nit.skip('x', () => {})\n",
      /no-disabled-tests/,
    ],
    [
      'packages/x/test/a.test.ts',
      "import { it } from 'vitest'\nit.only('x', () => {})\n",
      /no-focused-tests/,
    ],
    [
      'packages/x/src/a.ts',
      '// oxlint-disable-next-line no-console\nexport const b = 1\n',
      /Unused oxlint-disable/,
    ],
  ])('%s %j', async (file, text, sentence) => {
    expect(await says(file, text)).toMatch(sentence)
  })

  test.each([
    ['values', "import { a } from './a.ts'\nexport const b = (): number => a()\n"],
    ['types', "import type { A } from './a.ts'\nexport type B = A\nexport const b = (): B => 1\n"],
  ])('a circle of imports, of %s', async (_, text) => {
    const root = scratchRepository({
      'packages/x/src/a.ts':
        "import { b } from './b.ts'\nexport type A = number\nexport const a = (): A => b()\n",
      'packages/x/src/b.ts': text,
    })
    expect((await lint.problems(root)).join('\n')).toMatch(/import\(no-cycle\)/)
  })

  test('nothing to say of a hot file, nor of a test that uses !', async () => {
    const text = 'export const b = (a: number[]): number => a[0]!\n'
    const root = scratchRepository({
      'packages/parser/src/scanner.ts': text,
      'packages/x/test/a.test.ts': text,
    })
    expect(await lint.problems(root)).toEqual([])
  })
})

describe('format', () => {
  test('code that is not', async () => {
    const root = scratchRepository({
      'a.ts': 'const a = "b";\n',
      'b.md': '|a|\n|-|\n',
      'c.json': '{"a":1}',
    })
    expect(await format.problems(root)).toEqual([
      'a.ts is not formatted: npm run format',
      'c.json is not formatted: npm run format',
    ])
  })
})

describe('a file that the formatter cannot read', () => {
  test('is not taken for one that is formatted', async () => {
    const [said] = await format.problems(scratchRepository({ 'a.ts': 'const = 1\n' }))
    expect(said).toMatch(/^it did not run: [^]*a\.ts/)
  })
})

describe('unused', () => {
  test('files, exports and dependencies', async () => {
    const root = scratchRepository({
      'package.json': { name: 'root', private: true, workspaces: ['packages/*', 'tooling/*'] },
      'packages/x/package.json': manifest('x', { devDependencies: { 'left-over': '1.0.0' } }),
      'packages/x/src/index.ts': "export { used } from './a.ts'\n",
      'packages/x/src/a.ts': 'export const used = 1\nexport const unusedName = 2\n',
      'packages/x/src/lost.ts': 'export const lost = 1\n',
    })
    const [said] = await unused.problems(root)
    expect(said).toMatch(/^take it out, or say in tooling\/repo\/knip\.ts why it stays/)
    expect(said).toMatch('packages/x/src/lost.ts')
    expect(said).toMatch('unusedName')
    expect(said).toMatch('left-over')
  })
})

describe('graph', () => {
  test('arrows that are not in it', () => {
    const root = scratchRepository({
      'package.json': { ...pnpm, packageManager: 'pnpm@12.0.0' },
      'packages/encoder/package.json': manifest('@tesserae/encoder', {
        dependencies: { 'left-pad': '1.0.0' },
        peerDependencies: { hono: '*' },
        devDependencies: { '@tooling/bench': 'workspace:*', vitest: '*' },
      }),
      'packages/openai/package.json': manifest('@tesserae/openai', {
        dependencies: { '@tesserae/parser': 'workspace:*' },
      }),
      'packages/testkit/package.json': manifest('@tesserae/testkit', {
        peerDependencies: { 'fast-check': '*' },
        devDependencies: { '@tesserae/parser': 'workspace:*' },
      }),
      'packages/parser/package.json': manifest('@tesserae/parser'),
      'packages/cli/package.json': manifest('@tesserae/cli'),
      'tooling/bench/package.json': { name: '@tooling/bench', private: true },
    })
    expect(graph.problems(root)).toEqual([
      '@tesserae/cli is not in the graph: add it to tooling/repo/src/checks/graph.ts with its arrows',
      '@tesserae/encoder must not have left-pad among its dependencies: see CONTRIBUTING.md',
      '@tesserae/encoder must not have hono among its peerDependencies: see CONTRIBUTING.md',
      '@tesserae/encoder must not have @tooling/bench among its devDependencies: see CONTRIBUTING.md',
      '@tesserae/openai depends on @tesserae/parser, as "workspace:^"',
      '@tesserae/testkit must not have @tesserae/parser among its devDependencies: see CONTRIBUTING.md',
      'package.json: "packageManager" and the dependency on pnpm have to name one version',
    ])
  })
})

describe('tarballs', () => {
  const workspace = { 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n', LICENSE: 'MIT\n' }

  test('one that is as it should be', async () => {
    const root = scratchRepository({
      ...workspace,
      'package.json': { name: 'root', private: true },
      'packages/x/package.json': manifest('x'),
      'packages/x/README.md': '# x\n',
      'packages/x/src/index.ts': 'export const a = 1\n',
      'packages/x/dist/index.js': 'export const a = 1\n//# sourceMappingURL=index.js.map\n',
      'packages/x/dist/index.js.map': { version: 3, sources: ['../src/index.ts'], mappings: '' },
      'packages/x/dist/index.d.ts': 'export declare const a = 1\n',
    })
    expect(await tarballs.problems(root)).toEqual([])
  })

  test('one whose types are wrong for some', async () => {
    const root = scratchRepository({
      ...workspace,
      'package.json': { name: 'root', private: true },
      'packages/x/package.json': manifest('x', {
        main: './lost.js',
        exports: {
          '.': { types: './dist/index.d.cts', default: './dist/index.js' },
          './package.json': './package.json',
        },
      }),
      'packages/x/README.md': '# x\n',
      'packages/x/dist/index.js': 'export const a = 1\n',
      'packages/x/dist/index.d.ts': 'export declare const a = 1\n',
      'packages/x/dist/index.d.cts': 'export declare const a = 1\n',
    })
    const [publint, attw] = await tarballs.problems(root)
    expect(publint).toMatch(/^x: publint says[^]*pkg\.main/)
    expect(attw).toMatch(/^x: attw says[^]*CJS/)
  })

  test('contents that are not for users, or not there', () => {
    const root = scratchRepository({
      'package.json': manifest('x', {
        version: '1.0.0',
        license: 'ISC',
        description: '',
        type: 'commonjs',
        sideEffects: true,
        engines: { node: '>=18' },
        publishConfig: {},
        scripts: { build: 'tsup', postinstall: 'node x', prepare: 'node y' },
        exports: {
          '.': './dist/index.js',
          './gone': { types: './dist/gone.d.ts', default: './dist/gone.js' },
        },
      }),
      'dist/index.js': '',
      'dist/index.d.ts':
        "import { IncomingMessage } from 'node:http'\nimport { A } from 'fast-check'\n",
      'dist/index.js.map': {
        sources: ['../src/index.ts', '../src/inlined.ts'],
        sourcesContent: [null, 'x'],
      },
      'test/a.test.ts': '',
      'src/b.test.ts': '',
      'tsconfig.json': '{}',
      LICENSE: '',
    })
    expect(ofContents(root).filter((problem) => !problem.startsWith('.git'))).toEqual([
      '"type" has to be "module"',
      '"license" has to be "MIT"',
      '"sideEffects" has to be false',
      '"engines" has to be {"node":">=20"}',
      '"publishConfig" has to be {"access":"public","provenance":true}',
      '"description" is what people find it by',
      'script "postinstall" would run on other people\'s machines',
      'script "prepare" would run on other people\'s machines',
      'README.md is missing',
      'CHANGELOG.md is missing',
      'src/b.test.ts is not for users: see "files"',
      'test/a.test.ts is not for users: see "files"',
      'tsconfig.json is not for users: see "files"',
      'dist/index.js.map names ../src/index.ts, which is not in the tarball',
      'dist/index.d.ts has types of fast-check, which is not installed with it',
    ])
  })
})

describe('traces of a machine', () => {
  // Put together here, so that this file holds none of what the check looks for.
  const home = ['', 'home', 'ann', 'src'].join('/')
  const registry = ['registry', 'example', 'com'].join('.')

  test('a home, a registry, this checkout, a host in the lock file', async () => {
    const root = scratchRepository({
      'a.json': `{\n  "made": "${home}/x"\n}`,
      'b.md': `npm i --registry https://${registry}/`,
      'pnpm-lock.yaml': 'tarball: https://example.com/x.tgz',
      'c.ts': '// see https://example.com/home/ann and packages/home/ann\n',
    })
    scratchRepository({})
    const found = await traces.problems(root)
    expect(found).toEqual([
      `a.json:2 names ${home.slice(0, 9)}: say it without this machine, or without the host`,
      `b.md:1 names ${registry}: say it without this machine, or without the host`,
      'pnpm-lock.yaml names a host: install with omit-lockfile-registry-resolved=true',
    ])
  })
})

describe('workflows', () => {
  test('a file that actionlint refuses', async () => {
    const root = scratchRepository({
      '.github/workflows/a.yml': 'on: push\njobs:\n  a:\n    steps: []\n',
    })
    expect((await workflows.problems(root)).join('\n')).toMatch(
      /a\.yml:\d+:\d+ "runs-on" section is missing/,
    )
  })

  test('none at all', async () => {
    expect(await workflows.problems(scratchRepository({}))).toEqual(['.github/workflows is empty'])
  })

  test('a workspace that no job tests, and long suites that no script runs', async () => {
    const job = 'runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}'
    const run = (command: string): string => `    steps:\n      - run: ${command}\n`
    const root = scratchRepository({
      'packages/x/package.json': manifest('x', { scripts: { test: 'vitest' } }),
      'packages/x/test/a.long.ts': '',
      'tooling/y/package.json': { name: 'y', private: true, scripts: { test: 'vitest' } },
      'tooling/z/package.json': {
        name: 'z',
        private: true,
        scripts: { test: 'vitest', 'test:long': 'vitest' },
      },
      'tooling/z/test/a.long.ts': '',
      '.github/workflows/a.yml': `on: push\npermissions: {}\njobs:\n  a:\n    ${job}\n${run(
        "npm test -- --filter='./packages/*' --filter=z",
      )}`,
    })
    expect(await workflows.problems(root)).toEqual([
      'no workflow runs "npm run test:all" on a schedule',
      'packages/x has a *.long.ts and no script "test:long", so that nothing runs it',
      'no job tests y: name it in a --filter',
    ])
  })

  const checkout = {
    uses: `actions/checkout@${'0'.repeat(40)}`,
    with: { 'persist-credentials': false },
  }
  const job = { permissions: { contents: 'read' }, 'timeout-minutes': 5, steps: [checkout] }

  test('nothing to say of one that can do little', () => {
    expect(rules({ on: 'push', permissions: {}, jobs: { test: job } })).toEqual([])
  })

  test.each([
    [
      { permissions: undefined },
      {},
      'set "permissions: {}" at the top, and give each job what it needs',
    ],
    [
      { permissions: 'write-all' },
      {},
      'set "permissions: {}" at the top, and give each job what it needs',
    ],
    [
      { on: ['pull_request_target'] },
      {},
      'a pull request from outside must not run with the rights of this repository',
    ],
    [{}, { 'timeout-minutes': undefined }, 'job "test": set timeout-minutes'],
    [{}, { permissions: 'read-all' }, 'job "test": name each permission'],
    [
      {},
      { permissions: { 'id-token': 'write' }, steps: [] },
      'job "test": an identity token needs an environment that guards it, and no checkout: another job packs',
    ],
    [
      {},
      { permissions: { 'id-token': 'write' }, environment: 'npm' },
      'job "test": an identity token needs an environment that guards it, and no checkout: another job packs',
    ],
    [
      {},
      { steps: [{ uses: 'actions/checkout@v6', with: { 'persist-credentials': false } }] },
      'job "test": pin actions/checkout@v6 to the full hash of a commit, with its version in a comment',
    ],
    [
      {},
      { steps: [{ uses: checkout.uses }] },
      'job "test": a checkout must not leave its credentials behind: persist-credentials: false',
    ],
  ])('%j %j', (workflow, change, problem) => {
    const jobs = { test: { ...job, ...change } }
    expect(rules({ on: 'push', permissions: {}, ...workflow, jobs } as never)).toEqual([problem])
  })
})

describe('changesets', () => {
  const repository = (more: Record<string, string | object>) =>
    scratchRepository({
      'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
      'package-lock.json': '{}',
      '.changeset/config.json': {
        baseBranch: 'main',
        access: 'public',
        changedFilePatterns: ['src/**', 'data/**'],
      },
      'packages/x/package.json': manifest('x'),
      ...more,
    })

  test('nothing to say of a good one', async () => {
    const root = repository({ '.changeset/a.md': "---\n'x': minor\n---\n\nIt is new.\n" })
    commit(root)
    expect(await changesets.problems(root)).toEqual([])
  })

  test('a package that is not published', async () => {
    const root = repository({ '.changeset/a.md': "---\n'y': minor\n---\n\nIt is new.\n" })
    commit(root)
    expect((await changesets.problems(root)).join('\n')).toMatch(/^changeset status says\n[^]*y/)
  })

  const change = (root: string, file: string, text: string) => {
    commit(root)
    writeFileSync(path.join(root, file), text)
  }

  test('a change that none speaks of', async () => {
    const root = repository({ 'packages/x/src/a.ts': '' })
    change(root, 'packages/x/src/a.ts', 'export {}\n')
    const [said] = await changesets.problems(root)
    expect(said).toMatch(/^changeset status says\n[^]*no changesets were found/)
  })

  test('nothing to say of a change that users do not notice, nor of versions that are raised', async () => {
    const tested = repository({ 'packages/x/test/a.test.ts': '' })
    change(tested, 'packages/x/test/a.test.ts', 'export {}\n')
    expect(await changesets.problems(tested)).toEqual([])

    const raised = repository({
      'packages/x/CHANGELOG.md': '## 1.0.0\n',
      'packages/x/src/a.ts': '',
    })
    change(raised, 'packages/x/src/a.ts', 'export {}\n')
    writeFileSync(
      path.join(raised, 'packages/x/package.json'),
      JSON.stringify(manifest('x', { version: '1.0.0' })),
    )
    expect(await changesets.problems(raised)).toEqual([])
  })

  test('a configuration that changesets refuses', async () => {
    const root = repository({
      '.changeset/config.json': { baseBranch: 'main', access: 'everybody' },
    })
    commit(root)
    expect((await changesets.problems(root)).join('\n')).toMatch(
      /^changeset status says\n[^]*access/,
    )
  })
})

test('a check that cannot be made has failed', async () => {
  const broken = { name: 'broken', problems: () => Promise.reject(new Error('no git')) }
  const fine = { name: 'fine', problems: () => [] }
  const { lines, passed, failed } = await runChecks([broken, fine], '.')
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 })
  expect(lines[0]).toMatch(/^red {2}broken/)
  expect(lines[1]).toBe('       the check could not be made: no git')
})
