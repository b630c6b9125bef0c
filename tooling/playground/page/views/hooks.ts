import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { Session, View } from '../state/session.ts'

/** What the session shows now; the component is drawn anew with it. */
export function useView(session: Session): View {
  const [view, set] = useState(session.view)
  useEffect(() => session.subscribe(() => set(session.view)), [session])
  return view
}

/** What a long list needs to draw only what is seen of it. */
export interface LongList {
  readonly total: number
  readonly items: readonly {
    readonly index: number
    readonly start: number
    readonly size: number
  }[]
  /** Brings an item into view, if it is not. */
  show(index: number): void
}

interface ListOptions {
  readonly count: number
  /** How tall an item is, in pixels. */
  readonly size: (index: number) => number
  /** Another value drops the sizes that were kept. */
  readonly sizes?: unknown
  /** Another value shows the end of the list, and goes on doing so until the user scrolls away from it. */
  readonly follows: unknown
}

const NEAR_END = 24

/** Draws what is seen of a long list in a scrolling element, and follows its end. */
export function useLongList(
  host: RefObject<HTMLElement | null>,
  { count, size, sizes, follows }: ListOptions,
): LongList {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0)
  const isFollowing = useRef(true)
  const expected = useRef(0)
  const options = {
    count,
    getScrollElement: () => host.current,
    estimateSize: size,
    overscan: 3,
    initialRect: { width: 400, height: 400 },
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  }
  const kept = useRef<Virtualizer<HTMLElement, HTMLElement>>(undefined)
  const list = (kept.current ??= new Virtualizer<HTMLElement, HTMLElement>(options))
  list.setOptions(options)
  useLayoutEffect(() => list._didMount(), [list])
  useLayoutEffect(() => list._willUpdate())
  useLayoutEffect(() => list.measure(), [list, sizes])
  useLayoutEffect(() => {
    isFollowing.current = true
  }, [follows])
  useEffect(() => {
    const element = host.current
    if (!element) return undefined
    const onScroll = (): void => {
      // What this list did itself is not what the user wants.
      if (Math.abs(element.scrollTop - expected.current) > 1)
        isFollowing.current =
          element.scrollTop + element.clientHeight >= element.scrollHeight - NEAR_END
      expected.current = element.scrollTop
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [host])
  const total = list.getTotalSize()
  useLayoutEffect(() => {
    const element = host.current
    if (!element || !isFollowing.current) return
    const before = element.scrollTop
    element.scrollTop = element.scrollHeight
    expected.current = element.scrollTop
    if (before === element.scrollTop) return
    // The event of the scrolling comes a frame later; the rows that it uncovers are drawn in this one.
    list.scrollOffset = element.scrollTop
    redraw(undefined)
  }, [host, list, total, follows])
  return {
    total,
    items: list.getVirtualItems(),
    show: (index) => {
      isFollowing.current = false
      list.scrollToIndex(index, { align: 'auto' })
    },
  }
}
