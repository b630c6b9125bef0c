import { lineAt, textsOf } from '../repository.ts'
import type { Check } from '../types.ts'

/** What a sentence must not say, and what it says in its place. */
const rules: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /(?<!\b(there|where) )\b(is|are|was|were|am) no (?!longer|more|less|fewer|later|better|worse|larger)/i,
    'is not a',
  ],
  [
    /, for (it|they|there|this|these|that|those|he|she|we|you|what|no|nothing|none) /i,
    '"because"; or begin with the condition',
  ],
  [
    /(?<!\b(leav(e|es|ing)|left) [^.]{0,40})(?<!\b(is|are|was|ever|fall|falls|fell|further|far) )\bbehind\b(?! (a |an |the )?(reverse )?(prox|gateway|load balancer|CDN|nginx|flag|host))/i,
    '"after" for time, "below" or "inside" for place',
  ],
  [
    /\b(is|are|was|were|be|been|being) (told|said)\b(?! (apart|from))/i,
    'the word of the trade: called with, reported, passed, notified',
  ],
  [/\blooked at\b/i, 'the word of the trade: read, check, inspect'],
  [/\bshort way\b/i, '"fast path"'],
  [/\b(the|its|their) likes?\b(?! of)/i, 'the thing itself'],
  [
    /(?<!`)\b(nobody|somebody|anybody|everybody|whoever|whomever)\b/i,
    'the actor: the caller, the server, a client',
  ],
  [/\b(by|of|from|with|to|for|than) others\b/i, 'the actor: other libraries, other clients'],
]

/** Data: streams, vectors and models, whose words are not ours. */
const data =
  /\/(data|fixtures|vectors|spec|model|seeds)\/|\.generated\.|^pnpm-lock\.yaml$|^LICENSE$|CHANGELOG\.md$|\.svg$|engine\/cases\.ts$|src\/checks\/language\.ts$|checks\.test\.ts$/

/** Rules 2 to 4 of the language of this project: plain words, the word of the trade first, and a named actor. */
export const language: Check = {
  name: 'language',
  problems(root) {
    return textsOf(root, /\.(ts|mts|mjs|md|ya?ml|html|css)$/)
      .filter(({ file }) => !data.test(file))
      .flatMap(({ file, text }) => {
        const read = /\.m?ts$|\.mjs$/.test(file) ? inCode : inDocument
        return read(text).flatMap((part) => wrongIn(part, file))
      })
  },
}

interface Text {
  readonly line: number
  readonly text: string
}

function wrongIn({ line, text }: Text, file: string): string[] {
  // A line break in the middle of a sentence, with the signs of a comment, is space; places stay what they are.
  const plain = text.replace(/\n[ \t]*(\*|\/\/|#)?[ \t]*/g, (found) => ' '.padEnd(found.length))
  return rules.flatMap(([pattern, instead]) => {
    const found = new RegExp(pattern.source.replaceAll(' ', ' +'), 'i').exec(plain)
    if (found === null) return []
    const at = line - 1 + lineAt(text, found.index)
    return [`${file}:${at} says "${found[0].trim().replace(/\s+/g, ' ')}": write ${instead}`]
  })
}

/** Comments, those of following lines together, and strings. */
const words = /\/\*[^]*?\*\/|(?:[ \t]*\/\/.*\n)+|(["'])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^`\\])*`/g

/** What is written for people. A name or a wire format has no space in it, and is not a sentence. */
function inCode(text: string): Text[] {
  return [...text.matchAll(words)]
    .filter(([found]) => /\w \w/.test(found))
    .map(({ 0: found, index }) => ({ line: lineAt(text, index), text: found }))
}

function inDocument(text: string): Text[] {
  let line = 1
  return text.split(/(?<=\n\n)/).map((paragraph) => {
    const at = line
    line += paragraph.split('\n').length - 1
    return { line: at, text: paragraph }
  })
}
