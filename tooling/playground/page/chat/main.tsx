import { render } from 'preact'
import { Chat } from './chat.tsx'

render(<Chat />, document.body)
