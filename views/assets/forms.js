// A second press sends nothing: the server would cope, but the person would wait for the wrong answer.
// The pressed button is not disabled, because its name and value belong to what is sent.
// A form that brings a file leaves the page as it is, and may be sent again.
for (const form of document.querySelectorAll('form:not([data-file])')) {
  form.addEventListener('submit', event => {
    if (form.dataset.sent === 'yes') event.preventDefault()
    form.dataset.sent = 'yes'
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-disabled', 'true')
  })
}
// Back from the page that followed, as browsers keep it: the form may be sent again.
addEventListener('pageshow', event => {
  if (!event.persisted) return
  for (const form of document.querySelectorAll('form')) {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-disabled')
  }
})
// What was typed outlives a change of language: kept in this tab alone, for the one page that follows.
const typed = document.querySelectorAll('.field input')
const kept = JSON.parse(sessionStorage.getItem('typed') ?? '{}')
sessionStorage.removeItem('typed')
if (kept.path === location.pathname) for (const input of typed) input.value = kept.values[input.name] ?? input.value
for (const link of document.querySelectorAll('.languages a')) {
  link.addEventListener('click', () => {
    const values = Object.fromEntries([...typed].map(input => [input.name, input.value]))
    if (typed.length > 0) sessionStorage.setItem('typed', JSON.stringify({ path: location.pathname, values }))
  })
}
