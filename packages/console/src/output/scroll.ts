/** Pixels of one line. */
export const ROW = 20
// Browsers cut elements at 33 million pixels (Chromium) or less; beyond this height the bar stands for more lines than it has pixels.
const TALLEST = 8_000_000

/** How tall the lines are together, as the scroll bar sees it. */
export function heightOf(count: number): number {
  return Math.min(count * ROW, TALLEST)
}

/**
 * The line (from 0, with a fraction) that stands at the top after a scroll. Of a log too tall for the browser, a small move goes line
 * by line as everywhere, and a large one (the bar was drawn) to the same share of the log.
 */
export function topAfter({
  top,
  from,
  to,
  view,
  count,
}: {
  /** The line that was at the top. */
  top: number
  /** Where the bar was and is, in pixels. */
  from: number
  to: number
  /** The height that is seen, in pixels. */
  view: number
  count: number
}): number {
  const height = heightOf(count)
  const lowest = Math.max(0, count - view / ROW)
  const most = Math.max(0, height - view)
  if (height === count * ROW) return Math.min(lowest, to / ROW)
  if (to <= 0) return 0
  if (to >= most - 1) return lowest
  const moved = to - from
  if (Math.abs(moved) > view * 2) return (to / most) * lowest
  return Math.min(lowest, Math.max(0, top + moved / ROW))
}

/** Where the bar stands when a line is at the top. */
export function barAt(top: number, { view, count }: { view: number; count: number }): number {
  const height = heightOf(count)
  if (height === count * ROW) return top * ROW
  const lowest = Math.max(1, count - view / ROW)
  return (top / lowest) * (height - view)
}
