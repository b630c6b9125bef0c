/** Every colour there is, as the text itself. */
const colours: Record<string, (text: unknown) => string> = new Proxy({}, { get: () => String })
export default colours
