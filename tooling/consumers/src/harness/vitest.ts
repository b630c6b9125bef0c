// What `vitest` means in a bundle. A name that is not here is an error while bundling.
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, suite, test } from './declare.ts'
export { expect } from './expect.ts'
