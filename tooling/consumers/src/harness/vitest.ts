// What `vitest` means in a bundle: what works in every runtime. A name that is not here is an error while bundling.
export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  suite,
  test,
} from 'vitest'
