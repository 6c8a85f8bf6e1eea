import { Select } from 'antd'

/** A filter that lets everything pass (`any` says so), or one of some choices; of many one is found by typing. */
export function AnyOrOne({
  label,
  any,
  choices,
  value,
  onChoose,
  findable = false,
}: {
  label: string
  any: string
  choices: readonly { value: string; label: string }[]
  value: string | undefined
  onChoose: (chosen: string | undefined) => void
  findable?: boolean
}) {
  return (
    <Select
      className="filter"
      aria-label={label}
      value={value ?? ''}
      options={[{ value: '', label: any }, ...choices]}
      showSearch={findable && { optionFilterProp: 'label' }}
      onChange={(chosen) => onChoose(chosen || undefined)}
      popupMatchSelectWidth={false}
    />
  )
}
