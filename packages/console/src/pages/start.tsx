import { useMay } from '../me/me.ts'
import { NewProject } from '../project/new-project.tsx'
import { Page } from '../ui/page.tsx'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('start', {
  en: {
    title: 'Your first project',
    aside: 'A project owns hosts, credentials and clusters; people are members of it.',
    none: 'No project yet',
    noneHint: 'You are a member of no project. Ask an administrator to make you one.',
  },
  'zh-CN': {
    title: '第一个项目',
    aside: '项目拥有主机、凭据和集群；用户是项目的成员。',
    none: '还没有项目',
    noneHint: '您还不是任何项目的成员。请让管理员将您加入项目。',
  },
  'zh-TW': {
    title: '第一個專案',
    aside: '專案擁有主機、憑證和叢集；使用者是專案的成員。',
    none: '還沒有專案',
    noneHint: '您還不是任何專案的成員。請讓管理員將您加入專案。',
  },
})

/** Where there is no project to show: one is made here, by whoever may. */
export default function Start() {
  const say = useWords(words)
  const may = useMay()
  if (!may('ProjectService_CreateProject')) {
    return (
      <Page title={say('none')} aside={say('noneHint')}>
        {null}
      </Page>
    )
  }
  return (
    <Page title={say('title')} aside={say('aside')} narrow>
      <NewProject />
    </Page>
  )
}
