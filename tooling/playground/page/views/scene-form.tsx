import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { AT, CUTS, FAULTS, LIMITS, SPEEDS } from '../state/address.ts'
import type { Playing, Scene } from '../stream/scenes.ts'
import { formatBytes } from './numbers.ts'
import { SceneChooser } from './scene-chooser.tsx'
import { Select } from './select.tsx'
import type { SceneAddress } from './source-panel.tsx'

/** A recorded stream, and how it is played. */
export function SceneForm({
  scenes,
  address,
  trouble,
  onPlay,
}: {
  readonly scenes: readonly Scene[]
  readonly address: SceneAddress
  readonly trouble: string
  readonly onPlay: (address: SceneAddress) => void
}): VNode {
  const [isUnfolded, unfold] = useState(false)
  const { playing, limit } = address
  const chosen = scenes.find(({ id }) => id === address.id) ?? scenes[0]
  const set = (change: Partial<Playing>): void =>
    onPlay({ ...address, playing: { ...playing, ...change } })
  return (
    <form
      id="from-scene"
      onSubmit={(event) => {
        event.preventDefault()
        onPlay(address)
      }}
    >
      <SceneChooser
        scenes={scenes}
        chosen={chosen}
        onChoose={(scene) => onPlay({ ...address, id: scene.id })}
      />
      <div class={isUnfolded ? 'options unfolded' : 'options'} id="options">
        <Select
          id="speed"
          label="Speed"
          value={playing.speed}
          options={SPEEDS}
          onChange={(speed) => set({ speed })}
        />
        <Select
          id="cuts"
          label="Cuts"
          value={playing.cuts}
          options={CUTS}
          onChange={(cuts) => set({ cuts })}
        />
        <Select
          id="fault"
          label="Fault"
          value={playing.fault}
          options={FAULTS}
          onChange={(fault) => set({ fault })}
        />
        <Select
          id="fault-at"
          label="At"
          className="narrow"
          value={String(playing.at)}
          options={AT}
          isDisabled={playing.fault === ''}
          onChange={(at) => set({ at: Number(at) })}
        />
        <Select
          id="limit"
          label="Event limit"
          value={limit}
          options={LIMITS}
          onChange={(limit) => onPlay({ ...address, limit })}
        />
      </div>
      <button
        type="button"
        id="fold"
        aria-expanded={isUnfolded}
        aria-controls="options"
        onClick={() => unfold(!isUnfolded)}
      >
        Options
      </button>
      <button class="act" id="replay">
        Play
      </button>
      <p class="note" id="scene-note">
        {trouble}
        {chosen ? chosen.note : ''}
        {chosen ? <span class="from">{`${chosen.from}, ${formatBytes(chosen.bytes)}`}</span> : null}
      </p>
      <details class="help">
        <summary>What the options do</summary>
        <dl>
          <dt>Speed</dt>
          <dd>
            “Easy to watch” plays 30 events a second, “15/s” 15 of them. “As recorded” plays the
            times of the recording.
          </dd>
          <dt>Cuts: {labelOf(CUTS, playing.cuts)}</dt>
          <dd>
            {aboutOf(CUTS, playing.cuts)} A parser has to find the same events however the network
            cuts.
          </dd>
          <dt>Fault: {labelOf(FAULTS, playing.fault)}</dt>
          <dd>{aboutOf(FAULTS, playing.fault)}</dd>
          <dt>Event limit</dt>
          <dd>
            A larger event fails with a typed error, so that a server cannot fill the memory. Try
            256 bytes.
          </dd>
        </dl>
      </details>
    </form>
  )
}

type Options = readonly (readonly [value: string, label: string, about: string])[]

function labelOf(options: Options, value: string): string {
  return options.find(([known]) => known === value)?.[1] ?? ''
}

function aboutOf(options: Options, value: string): string {
  return options.find(([known]) => known === value)?.[2] ?? ''
}
