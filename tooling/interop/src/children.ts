import type { ChildProcess } from 'node:child_process'

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Ends a child with this process at the latest. @returns what ends it now, and waits for that */
export function endWithUs(child: ChildProcess): () => Promise<void> {
  children.add(child)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      children.delete(child)
      resolve()
    })
  })
  return () => {
    child.kill('SIGKILL')
    return exited
  }
}
