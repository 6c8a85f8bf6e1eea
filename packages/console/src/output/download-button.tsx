import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import type { Operation } from '../operation/queries.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { useWords } from '../words/words.ts'
import { downloadOutput } from './download.ts'
import type { Wanted } from './queries.ts'
import { words } from './words.ts'

/** Takes along what is looked at, all of it, as a text; says how far it is, and can be stopped. */
export function DownloadButton({ operation, wanted }: { operation: Operation; wanted: Wanted }) {
  const say = useWords(words)
  const [lines, setLines] = useState(0)
  const stop = useRef<AbortController>(undefined)
  const download = useMutation({
    mutationFn: async () => {
      const stopping = new AbortController()
      const { signal } = stopping
      stop.current = stopping
      const { project, id, clusterName, kind } = operation
      const name = [clusterName, kind, wanted.run?.slice(id.length + 1), 'output.txt']
        .filter(Boolean)
        .join('-')
      setLines(0)
      await downloadOutput(project, id, { wanted, name, signal, onProgress: setLines }).catch((thrown) => {
        if (!signal.aborted) throw thrown
      })
    },
  })
  if (download.isPending) {
    return (
      <span className="downloading" role="status">
        {say('downloading', { lines })}
        <Button onClick={() => stop.current?.abort()}>{say('stop')}</Button>
      </span>
    )
  }
  return (
    <>
      <Button onClick={() => download.mutate()}>{say('download')}</Button>
      {download.error && <ProblemCard of={download.error} onAgain={() => download.mutate()} />}
    </>
  )
}
