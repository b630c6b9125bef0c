import type { VNode } from 'preact'

/** A labelled list to choose from, with a sentence about what is chosen. */
export function Select({
  id,
  label,
  value,
  options,
  onChange,
  isDisabled = false,
  className = '',
}: {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, label: string, about?: string])[]
  readonly onChange: (value: string) => void
  readonly isDisabled?: boolean
  readonly className?: string
}): VNode {
  return (
    <label class={className} title={options.find(([known]) => known === value)?.[2]}>
      {label}
      <select
        id={id}
        value={value}
        disabled={isDisabled}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {options.map(([known, name]) => (
          <option key={known} value={known}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
