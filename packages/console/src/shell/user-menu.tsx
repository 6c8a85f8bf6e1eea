import { useNavigate } from '@tanstack/react-router'
import { Dropdown, type MenuProps } from 'antd'
import { chooseMode, modes, useMode } from '../appearance/mode.ts'
import { useMe } from '../me/me.ts'
import { useSignOut } from '../me/sign-out.ts'
import { type Language, languages, speak, useLanguage, useWords } from '../words/words.ts'
import { words } from './words.ts'

/** Who is signed in; language, appearance, account, sign out. */
export function UserMenu() {
  const say = useWords(words)
  const { user } = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const language = useLanguage()
  const mode = useMode()
  const items: MenuProps['items'] = [
    { key: 'account', label: say('account'), onClick: () => void navigate({ to: '/account' }) },
    {
      type: 'group',
      label: say('language'),
      children: Object.entries(languages).map(([key, label]) => ({
        key,
        label: <span lang={key}>{label}</span>,
        onClick: () => speak(key as Language),
      })),
    },
    {
      type: 'group',
      label: say('appearance'),
      children: modes.map((key) => ({ key, label: say(key), onClick: () => chooseMode(key) })),
    },
    { type: 'divider' },
    { key: 'sign-out', label: say('signOut'), onClick: () => signOut.mutate() },
  ]
  return (
    <Dropdown trigger={['click']} menu={{ items, selectable: true, selectedKeys: [language, mode] }}>
      <button type="button" className="user-button" aria-haspopup="menu">
        {user?.name}
      </button>
    </Dropdown>
  )
}
