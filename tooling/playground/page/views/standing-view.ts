import type { Standing } from '../stream/standing.ts'
import { byId, make, say } from './element.ts'

/** How it stands with the stream, and the way on from there. */
export class StandingView {
  readonly #host = byId('standing')
  readonly #title = byId('standing-title')
  readonly #codes = byId('standing-codes')
  readonly #words = byId('standing-words')
  readonly #stop = byId('stop')
  readonly #again = byId('again')

  show({ tone, title, codes, sentences }: Standing, canStop: boolean, canRepeat: boolean): void {
    this.#host.dataset['tone'] = tone
    say(this.#title, title)
    // The time that passes is not for reading aloud ten times a second.
    this.#words.ariaLive = tone === 'idle' ? 'off' : 'polite'
    say(this.#words, sentences.join(' '))
    if (this.#codes.textContent !== codes.join(''))
      this.#codes.replaceChildren(...codes.map((code) => make('code', '', code)))
    this.#stop.hidden = !canStop
    this.#again.hidden = !canRepeat
  }
}
