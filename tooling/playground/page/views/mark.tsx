import type { VNode } from 'preact'

/** The sign of the project: nine tiles. */
export function Mark(): VNode {
  const tones = 'content reasoning content plain tool plain tool content refusal'.split(' ')
  return (
    <svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
      {tones.map((tone, index) => (
        <rect
          key={index}
          class={`t-${tone}`}
          x={(index % 3) * 5.7}
          y={Math.floor(index / 3) * 5.7}
          width="4.6"
          height="4.6"
        />
      ))}
    </svg>
  )
}
