import { Link } from '@tanstack/react-router'
import { useMay } from '../../../../me/me.ts'
import { Section } from '../../../../ui/page.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** What a person does who has nothing yet. */
export function FirstSteps({ project }: { project: string }) {
  const say = useWords(words)
  const may = useMay(project)
  const steps = [
    [
      'stepCredential',
      'stepCredentialWhy',
      `credential create --project ${project} --name ops -f credential.yaml`,
      may('CredentialService_CreateCredential') &&
        ({ to: '/projects/$project/credentials', search: { add: true } } as const),
    ],
    [
      'stepHosts',
      'stepHostsWhy',
      `host create --project ${project} --name web-1 --address 192.0.2.21 --credential …`,
      may('HostService_CreateHost') && ({ to: '/projects/$project/hosts', search: { add: 'many' } } as const),
    ],
    [
      'stepCluster',
      'stepClusterWhy',
      `cluster create --project ${project} --name prod -f cluster.yaml --dry-run plan`,
      may('ClusterService_CreateCluster') && ({ to: '/projects/$project/clusters/new' } as const),
    ],
  ] as const
  return (
    <Section title={say('begin')}>
      <ol className="steps panel">
        {steps.map(([title, why, command, page]) => (
          <li key={title}>
            <strong>
              {page ? (
                <Link {...page} params={{ project }}>
                  {say(title)}
                </Link>
              ) : (
                say(title)
              )}
            </strong>
            <p className="quiet">{say(why)}</p>
            <p className="code command">slipway {command}</p>
          </li>
        ))}
      </ol>
    </Section>
  )
}
