// A form that only passes something on. Written for the oldest web views: an answer to an app goes this way (form_post).
// By the prototype, because a field may be called submit.
// biome-ignore lint/complexity/useArrowFunction: the oldest know no others
addEventListener('load', function () {
  HTMLFormElement.prototype.submit.call(document.querySelector('form[data-send="now"]'))
})
