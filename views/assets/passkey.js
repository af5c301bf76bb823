// Asks the browser for a passkey when its form is sent, and sends what came of it (WebAuthn). Without a script or a browser
// that knows passkeys the page says so, and its other ways remain.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), one => one.charCodeAt(0))
const text = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
const withBytes = list => (list ?? []).map(one => ({ ...one, id: bytes(one.id) }))

const ask = {
  get: async options => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] }
    const { id, type, response } = await navigator.credentials.get({ publicKey })
    const { clientDataJSON, authenticatorData, signature, userHandle } = response
    return {
      id,
      rawId: id,
      type,
      clientExtensionResults: {},
      response: {
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        ...(userHandle && { userHandle: text(userHandle) }),
      },
    }
  },
  create: async options => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    }
    const { id, type, response } = await navigator.credentials.create({ publicKey })
    return {
      id,
      rawId: id,
      type,
      clientExtensionResults: {},
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports?.() ?? [],
      },
    }
  },
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const button = form.querySelector('button')
  const says = kind => form.querySelector(`[data-says="${kind}"]`)
  if (typeof PublicKeyCredential !== 'function') {
    says('unsupported').hidden = false
    button.hidden = true
  }
  form.addEventListener('submit', async event => {
    event.preventDefault()
    if (button.getAttribute('aria-disabled') === 'true') return
    button.setAttribute('aria-disabled', 'true')
    says('failed').hidden = true
    try {
      const shown = await ask[form.dataset.passkey](JSON.parse(form.dataset.options))
      form.elements.credential.value = JSON.stringify(shown)
      form.submit()
    } catch {
      says('failed').hidden = false
      button.removeAttribute('aria-disabled')
    }
  })
}
