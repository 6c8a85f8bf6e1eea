import { Input } from 'antd'
import { useEffect, useRef, useState } from 'react'

/** Long enough that a word is typed in one go, short enough that nobody waits. */
const PAUSE_MS = 300

/** Looks for what was typed when Enter is pressed or the typing pauses; follows the address when that changes otherwise. */
export function Finder({
  label,
  value,
  onFind,
}: {
  label: string
  value: string
  onFind: (text: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const found = useRef(value)
  const latest = useRef(onFind)
  latest.current = onFind
  useEffect(() => {
    if (value === found.current) return
    found.current = value
    setTyped(value)
  }, [value])
  useEffect(() => {
    const timer = setTimeout(() => find(typed), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const find = (text: string) => {
    if (text.trim() === found.current) return
    found.current = text.trim()
    latest.current(found.current)
  }
  return (
    <Input
      className="finder"
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      allowClear
      onChange={({ target }) => setTyped(target.value)}
      onPressEnter={() => find(typed)}
    />
  )
}
