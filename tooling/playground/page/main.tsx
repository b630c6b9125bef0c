import { render } from 'preact'
import { Session } from './state/session.ts'
import { App } from './views/app.tsx'

render(<App session={new Session()} />, document.body)
