import type { Placed } from './order.ts'

const ACROSS = 64
const DOWN = 40
const RADIUS = 13

/** The plan as a graph, from left to right; each number is a step of the list below, which says the same in words. */
export function PlanGraph({ steps }: { steps: readonly Placed[] }) {
  const rows = new Map<number, number>()
  const at = new Map(
    steps.map(({ number, level }) => {
      const row = rows.get(level) ?? 0
      rows.set(level, row + 1)
      return [number, { x: level * ACROSS + RADIUS + 2, y: row * DOWN + RADIUS + 2 }] as const
    }),
  )
  const width = Math.max(...rows.keys(), 0) * ACROSS + 2 * RADIUS + 4
  const height = (Math.max(...rows.values(), 1) - 1) * DOWN + 2 * RADIUS + 4
  return (
    <div className="plan-graph">
      <svg width={width} height={height} aria-hidden="true">
        {steps.flatMap(({ number, after }) =>
          after.map((before) => {
            const [from, to] = [at.get(before), at.get(number)]
            if (!from || !to) return null
            const middle = (from.x + to.x) / 2
            const path = `M${from.x} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`
            return <path key={`${before} ${number}`} d={path} className="plan-edge" />
          }),
        )}
        {steps.map(({ number, step }) => {
          const { x = 0, y = 0 } = at.get(number) ?? {}
          const disturbs = step.disturbance !== 'none'
          return (
            <g key={number} className={disturbs ? 'plan-dot disturbs' : 'plan-dot'}>
              <circle cx={x} cy={y} r={RADIUS} />
              <text x={x} y={y + 4} textAnchor="middle">
                {number}
              </text>
            </g>
          )
        })}
      </svg>
    </div>
  )
}
