import { SourceForms } from './source-forms.ts'
import { Stage } from './stage.ts'
import { byId } from './views/element.ts'
import { listenToKeys } from './views/keys.ts'
import { themeSwitch } from './views/theme.ts'

const stage = new Stage()
const forms = new SourceForms(stage)
const nextTheme = themeSwitch(byId('theme'), () => stage.recolour())
const keys = byId<HTMLDialogElement>('keys')

byId('show-keys').addEventListener('click', () => keys.showModal())
byId('to-start').addEventListener('click', () => stage.seek(0))
byId('back').addEventListener('click', () => stage.step(-1))
byId('toggle').addEventListener('click', () => stage.toggle())
byId('forward').addEventListener('click', () => stage.step(1))
byId('to-end').addEventListener('click', () => stage.toEnd())
byId('stop').addEventListener('click', () => stage.stop())
byId('again').addEventListener('click', () => stage.again())

const rate = byId<HTMLSelectElement>('rate')
rate.addEventListener('change', () => {
  stage.rate = Number(rate.value)
})

const asJson = byId('as-json')
asJson.addEventListener('click', () => {
  const isWanted = asJson.getAttribute('aria-pressed') !== 'true'
  asJson.setAttribute('aria-pressed', String(isWanted))
  stage.showJson(isWanted)
})

// On narrow screens the options are folded away.
const fold = byId('fold')
fold.addEventListener('click', () => {
  const isOpen = fold.getAttribute('aria-expanded') !== 'true'
  fold.setAttribute('aria-expanded', String(isOpen))
})

// On narrow screens one view at a time.
const views = byId('views')
views.dataset['view'] = 'message'
const viewButtons = [...views.querySelectorAll<HTMLElement>('button[data-view]')]
for (const button of viewButtons)
  button.addEventListener('click', () => {
    views.dataset['view'] = button.dataset['view']
    for (const other of viewButtons) other.setAttribute('aria-pressed', String(other === button))
  })

listenToKeys({
  toggle: () => stage.toggle(),
  step: (chunks) => stage.step(chunks),
  toStart: () => stage.seek(0),
  toEnd: () => stage.toEnd(),
  walk: (by) => stage.walk(by),
  open: () => stage.open(),
  letGo: () => stage.letGo(),
  again: () => stage.again(),
  stop: () => stage.stop(),
  theme: nextTheme,
  help: () => keys.showModal(),
})

void forms.begin()
