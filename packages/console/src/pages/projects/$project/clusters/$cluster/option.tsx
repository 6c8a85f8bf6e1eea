import { type ReactNode, useId } from 'react'

/** A choice of an action with what it means. */
export function Option({
  label,
  why,
  children,
}: {
  label: string
  why?: string
  children: (props: { id: string; 'aria-describedby': string }) => ReactNode
}) {
  const id = useId()
  return (
    <div className="option">
      {children({ id, 'aria-describedby': `${id}-why` })}
      <div>
        <label htmlFor={id}>{label}</label>
        <div id={`${id}-why`} className="quiet">
          {why}
        </div>
      </div>
    </div>
  )
}
