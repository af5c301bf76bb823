import type { ApiView } from '#src/admin/operations/api-views.ts'
import { apiSettings } from './api-settings.ts'
import { ADDRESSES, BRAND, PROOF } from './app-settings.ts'
import { CLAIMS, LOGIN, LOGOUT } from './login-settings.ts'
import { type AppKind, BROWSER, type Described, PEOPLE, type Setting } from './setting.ts'
import { LIFETIMES, TOKENS } from './token-settings.ts'

type Group = readonly [group: string, settings: readonly Described[], of?: readonly AppKind[]]

/** Each group; the settings that say nothing else are for all kinds of apps. */
const groupsOf = (kind: AppKind, apis: readonly ApiView[]): readonly Group[] => [
  ['Name and brand', BRAND],
  ['Addresses', ADDRESSES, BROWSER],
  ['How it proves itself', PROOF],
  ['What it learns of people', [CLAIMS], PEOPLE],
  ['APIs it may call', apiSettings(apis, kind)],
  ['Login', LOGIN, PEOPLE],
  ['Logout and news', LOGOUT, BROWSER],
  ['Tokens', TOKENS],
  ['How long tokens live', LIFETIMES],
]

/** What can be set about a kind of app, in the order of its form. @param apis those there are */
export const settingsOf = (kind: AppKind, apis: readonly ApiView[]): readonly Setting[] =>
  groupsOf(kind, apis).flatMap(([group, settings, of = [kind]]) =>
    settings.map((setting): Setting => ({ of, ...setting, group })).filter(one => one.of?.includes(kind)),
  )
