import { layersOf, type Placed } from '../../../../operation/layers.ts'
import type { Operation, Plan } from '../../../../operation/queries.ts'
import { lookOf, StepState } from '../../../../operation/step-state.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

const BOX = { width: 230, height: 76 }
const GAP = { x: 28, y: 34 }

/** The steps by what they need: each stands below all that come first. */
export function Graph({
  operation,
  plan,
  chosen,
  onChoose,
}: {
  operation: Operation
  plan: Plan | undefined
  chosen: string | undefined
  onChoose: (step: string) => void
}) {
  const say = useWords(words)
  const needs = new Map(plan?.steps.map((step) => [step.name, step.needs]))
  const placed = layersOf(operation.steps.map(({ name }) => ({ name, needs: needs.get(name) ?? [] })))
  const at = new Map(placed.map((one) => [one.name, positionOf(one)]))
  const width = Math.max(...[...at.values()].map(({ x }) => x)) + BOX.width
  const height = Math.max(...[...at.values()].map(({ y }) => y)) + BOX.height
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
    <section className="table graph" aria-label={say('graph')} tabIndex={0}>
      <div className="graph-ground" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {placed.flatMap(({ name, needs: before }) =>
            before.map((need) => <Way key={`${need} ${name}`} from={at.get(need)} to={at.get(name)} />),
          )}
        </svg>
        {operation.steps.map((step) => {
          const { x, y } = at.get(step.name) ?? { x: 0, y: 0 }
          return (
            <button
              key={step.name}
              type="button"
              className={`graph-step ${lookOf(step).tone} ${step.name === chosen ? 'chosen' : ''}`}
              style={{ ...BOX, left: x, top: y }}
              onClick={() => onChoose(step.name)}
            >
              <span className="graph-title" title={step.title}>
                {step.title}
              </span>
              <StepState of={step} />
            </button>
          )
        })}
      </div>
    </section>
  )
}

function positionOf({ layer, place }: Placed): { x: number; y: number } {
  return { x: place * (BOX.width + GAP.x), y: layer * (BOX.height + GAP.y) }
}

type Point = { x: number; y: number }

function Way({ from, to }: { from: Point | undefined; to: Point | undefined }) {
  if (!from || !to) return null
  const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height]
  const [x2, y2] = [to.x + BOX.width / 2, to.y]
  // A way past other layers goes straight down first, so that it does not cross what stands there.
  const straight = Math.max(y1, y2 - GAP.y)
  const half = (straight + y2) / 2
  return (
    <path className="graph-way" d={`M${x1} ${y1} V${straight} C${x1} ${half} ${x2} ${half} ${x2} ${y2}`} />
  )
}
