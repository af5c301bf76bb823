import type { Icon, PageView } from './page-view.ts'
import type { PageModels } from './view-models.ts'

const toCodeView = (model: PageModels['device-code']): PageView => {
  const error = model.error === undefined ? undefined : `device_code.${model.error}`
  return {
    template: 'device-code',
    icon: 'tv',
    words: 'device_code',
    invalid: error !== undefined,
    content: {
      ...model,
      errors: error === undefined ? [] : [{ href: '#user_code', words: error }],
      field: {
        name: 'user_code',
        words: 'device_code.code',
        value: model.userCode ?? '',
        autocomplete: 'off',
        look: 'code',
        error,
        errorId: error && 'user_code-error',
      },
    },
  }
}

const OUTCOMES: Record<PageModels['device-done']['outcome'], { icon: Icon; words: string }> = {
  connected: { icon: 'check', words: 'device_connected' },
  refused: { icon: 'turn-back', words: 'device_refused' },
}

/** The pages of a TV that logs in with the help of a phone (RFC 8628). */
export const DEVICE_VIEWS = {
  'device-code': toCodeView,
  'device-confirm': (model: PageModels['device-confirm']): PageView => ({
    template: 'device-confirm',
    icon: 'tv',
    words: 'device_confirm',
    content: model,
  }),
  'device-done': ({ outcome }: PageModels['device-done']): PageView => ({
    template: 'notice',
    ...OUTCOMES[outcome],
    content: { actions: [] },
  }),
}
