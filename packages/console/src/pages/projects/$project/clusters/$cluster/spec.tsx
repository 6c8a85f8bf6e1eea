import { Button } from 'antd'
import type { Cluster } from '../../../../../cluster/queries.ts'
import { toYaml } from '../../../../../cluster/spec-yaml.ts'
import { download } from '../../../../../ui/download.ts'
import { defineWords, useWords } from '../../../../../words/words.ts'

const words = defineWords('cluster-spec', {
  en: {
    why: 'What the cluster is, complete with all defaults as they were when it was accepted. It makes another one like it by slipway cluster create -f.',
    download: 'Download',
    spec: 'Spec as YAML',
  },
  'zh-CN': {
    why: '集群的完整规约，包括接受时填入的所有默认值。可用 slipway cluster create -f 创建同样的集群。',
    download: '下载',
    spec: 'YAML 格式的规约',
  },
  'zh-TW': {
    why: '叢集的完整規格，包括接受時填入的所有預設值。可用 slipway cluster create -f 建立同樣的叢集。',
    download: '下載',
    spec: 'YAML 格式的規格',
  },
})

/** The spec as it is, as YAML. */
export default function Spec({ cluster: { name, spec } }: { cluster: Cluster }) {
  const say = useWords(words)
  const text = toYaml({ name, spec })
  return (
    <div className="stack">
      <p className="quiet">{say('why')}</p>
      <div>
        <Button onClick={() => download(`${name}.yaml`, text)}>{say('download')}</Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="panel code spec" aria-label={say('spec')} tabIndex={0}>
        {text}
      </section>
    </div>
  )
}
