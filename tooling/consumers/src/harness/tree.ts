/** What `describe` and `it` leave behind when a test file is imported: a tree, run afterwards in order. */
export interface Suite {
  readonly name: string
  readonly parent: Suite | undefined
  readonly children: (Suite | Test)[]
  readonly beforeAll: Hook[]
  readonly afterAll: Hook[]
  readonly beforeEach: Hook[]
  readonly afterEach: Hook[]
}

export interface Test {
  readonly name: string
  readonly body: (context: unknown) => unknown
  /** Milliseconds; undefined is the run's own limit. */
  readonly timeout: number | undefined
  /** How often a test that failed is tried again. Only what measures time has a reason to. */
  readonly retry: number
}

/** A hook may return a function that undoes what it did. */
export type Hook = (context: unknown) => unknown

export function isSuite(node: Suite | Test): node is Suite {
  return 'children' in node
}

export function makeSuite(name: string, parent: Suite | undefined): Suite {
  return { name, parent, children: [], beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] }
}

let open: Suite | undefined

/** The suite whose factory is running now. Outside of a collection there is none, and saying so is an error. */
export function openSuite(): Suite {
  if (open === undefined)
    throw new Error('Tests and hooks are declared while their file loads, not while tests run.')
  return open
}

/** Runs `factory` with `suite` open. */
export function collectInto<T>(suite: Suite, factory: () => T): T {
  const outer = open
  open = suite
  try {
    return factory()
  } finally {
    open = outer
  }
}

/** Like {@link collectInto} for the loading of a file, which may await at its top level. */
export async function collectFile(name: string, load: () => Promise<unknown>): Promise<Suite> {
  const file = makeSuite(name, undefined)
  open = file
  try {
    await load()
  } finally {
    open = undefined
  }
  return file
}
