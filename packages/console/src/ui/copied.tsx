import { Button, Input, Space } from 'antd'
import { useState } from 'react'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('copied', {
  en: { copy: 'Copy', copied: 'Copied' },
  'zh-CN': { copy: '复制', copied: '已复制' },
  'zh-TW': { copy: '複製', copied: '已複製' },
})

/** A text to take along, with a button that does it. */
export function Copied({ text, label }: { text: string; label: string }) {
  const say = useWords(words)
  const [done, setDone] = useState(false)
  const copy = () => void navigator.clipboard.writeText(text).then(() => setDone(true))
  return (
    <Space.Compact block>
      <Input
        readOnly
        value={text}
        aria-label={label}
        className="code"
        onFocus={(event) => event.target.select()}
      />
      <Button onClick={copy} type={done ? 'default' : 'primary'}>
        {say(done ? 'copied' : 'copy')}
      </Button>
    </Space.Compact>
  )
}
