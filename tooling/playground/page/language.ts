// uPlot asks for the number format of `navigator.language` when it is loaded. WebKit calls the language of a system
// without one "C", which `Intl` refuses: the page would stay empty.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' })
}
