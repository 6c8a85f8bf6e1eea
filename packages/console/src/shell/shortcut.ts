import { useEffect, useRef } from 'react'

/** Calls when Ctrl (or ⌘) and a letter are pressed, wherever the focus is. */
export function useShortcut(letter: string, onPressed: () => void): void {
  const latest = useRef(onPressed)
  latest.current = onPressed
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== letter) return
      event.preventDefault()
      latest.current()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [letter])
}
