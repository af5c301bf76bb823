import type { Field, PageView } from './page-view.ts'
import type { PageModels } from './view-models.ts'

/** Which words stand in the summary and at the fields; what is wrong together is told once. */
const errorsOf = ({ error, username }: PageModels['password']): Record<string, string> => {
  if (error === undefined) return {}
  if (error !== 'incomplete') return { username: `password.${error}` }
  return {
    ...(username === '' ? { username: 'password.username.missing' } : {}),
    // Never given back: an empty password field is empty for whatever reason.
    password: 'password.password.missing',
  }
}

const toPasswordView = (model: PageModels['password']): PageView => {
  const errors = errorsOf(model)
  const isOne = model.error !== undefined && model.error !== 'incomplete'
  const field = (name: 'username' | 'password', more: Partial<Field>): Field => ({
    name,
    words: `password.${name}`,
    value: '',
    autocomplete: 'off',
    autocapitalize: 'none',
    error: errors[name],
    errorId: isOne ? 'username-error' : errors[name] && `${name}-error`,
    ...more,
  })
  return {
    template: 'password',
    icon: 'lock',
    words: model.connects ? 'password_connect' : 'password',
    invalid: model.error !== undefined,
    content: {
      ...model,
      errors: Object.entries(errors).map(([name, words]) => ({ href: `#${name}`, words })),
      fields: [
        field('username', { value: model.username, autocomplete: 'username', maxlength: 200 }),
        field('password', { autocomplete: 'current-password', secret: true, maxlength: 1024 }),
      ],
    },
  }
}

type CredentialPage = 'password' | 'passkey' | 'connect' | 'connect-invited'

const toConnectView = (model: PageModels['connect'] | PageModels['connect-invited']): PageView => ({
  template: 'connect',
  icon: 'shield',
  words: 'connect',
  content: { ...model, actions: [{ kind: 'upstream', href: model.connectUrl, label: 'connect.submit' }] },
})

/** The pages of an old login that ask something. */
export const CREDENTIAL_VIEWS: { readonly [P in CredentialPage]: (model: PageModels[P]) => PageView } = {
  password: toPasswordView,
  passkey: model => ({
    template: 'passkey',
    icon: 'key',
    words: 'passkey',
    invalid: model.error !== undefined,
    content: {
      ...model,
      options: JSON.stringify(model.options),
      errors: model.error === undefined ? [] : [{ href: '#passkey', words: `passkey.${model.error}` }],
    },
  }),
  connect: toConnectView,
  'connect-invited': toConnectView,
}
