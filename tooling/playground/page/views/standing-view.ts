import type { Standing } from '../stream/standing.ts'
import { byId, make, say } from './element.ts'

/** How it stands with the stream, and the way on from there. */
export class StandingView {
  readonly #host = byId('standing')
  readonly #title = byId('standing-title')
  readonly #said = byId('said')
  readonly #reasons = byId('reasons')
  readonly #stop = byId('stop')
  readonly #again = byId('again')
  #shown = ''

  show({ tone, title, reasons }: Standing, canStop: boolean, canRepeat: boolean): void {
    this.#host.dataset['tone'] = tone
    say(this.#title, title)
    const shown = JSON.stringify(reasons)
    if (shown !== this.#shown) {
      this.#shown = shown
      // The time that passes is not for reading aloud ten times a second.
      this.#said.ariaLive = tone === 'idle' ? 'off' : 'polite'
      this.#reasons.replaceChildren(
        ...reasons.flatMap(({ code, sentence }) => [
          ...(code === undefined ? [] : [make('code', '', code)]),
          ' ',
          make('span', '', sentence),
          ' ',
        ]),
      )
    }
    this.#stop.hidden = !canStop
    this.#again.hidden = !canRepeat
  }
}
