import { ADDRESSES, BRAND, PROOF } from './app-settings.ts'
import { CLAIMS, LOGIN, LOGOUT } from './login-settings.ts'
import { type AppKind, BROWSER, type Described, PEOPLE, type Setting } from './setting.ts'
import { LIFETIMES, TOKENS } from './token-settings.ts'

/** Each group; the settings that say nothing else are for all kinds of apps. */
const GROUPS: readonly (readonly [group: string, settings: readonly Described[], of?: readonly AppKind[]])[] = [
  ['Name and brand', BRAND],
  ['Addresses', ADDRESSES, BROWSER],
  ['How it proves itself', PROOF],
  ['What it learns of people', [CLAIMS], PEOPLE],
  ['Login', LOGIN, PEOPLE],
  ['Logout and news', LOGOUT, BROWSER],
  ['Tokens', TOKENS],
  ['How long tokens live', LIFETIMES],
]

/** What can be set about a kind of app, in the order of its form. */
export const settingsOf = (kind: AppKind): readonly Setting[] =>
  GROUPS.flatMap(([group, settings, of = [kind]]) =>
    settings.map((setting): Setting => ({ of, ...setting, group })).filter(one => one.of?.includes(kind)),
  )
