/** A file as text, as vitest and the bundles for the other runtimes load it. */
declare module '*?raw' {
  const text: string
  export default text
}
