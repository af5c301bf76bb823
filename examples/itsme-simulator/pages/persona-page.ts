import type { Persona } from '../options.ts'
import { document, html } from './html.ts'

const SHARED: Readonly<Record<string, string>> = {
  profile: 'name, birth date, gender, language',
  email: 'e-mail address',
  phone: 'phone number',
  address: 'address',
  eid: 'national number',
  idDocument: 'number of the identity document',
}

const LIST = new Intl.ListFormat('en')

const birthdateOf = ({ claims }: Persona): string =>
  typeof claims.birthdate === 'string' ? claims.birthdate : 'no birth date'

/** The page that stands for the app on the phone: choose who you are, or refuse. Works without JavaScript. */
export const personaPage = (view: {
  action: string
  clientId: string
  scopes: readonly string[]
  personas: readonly Persona[]
}): string => {
  const shared = view.scopes.flatMap(scope => SHARED[scope] ?? [])
  const personas = view.personas.map(
    persona => html`<li><button name="persona" value="${persona.id}">
<span class="name">${persona.label}</span><span class="born">${birthdateOf(persona)}</span>
<span class="note">${persona.note}</span></button></li>`,
  )
  return document(
    'Who are you?',
    html`<h1>Who are you?</h1>
<p><strong>${view.clientId}</strong> asks to identify you${shared.length > 0 ? ` and to see your ${LIST.format(shared)}` : ''}.
Choosing a person approves.</p>
<form method="post" action="/v2/authorization/decision">
<input type="hidden" name="action" value="${view.action}">
<ul class="personas">${personas}</ul>
<p class="bar"><button name="persona" value="refuse">Refuse</button></p>
</form>`,
  )
}
