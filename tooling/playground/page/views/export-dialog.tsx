import type { RefObject, VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Session } from '../state/session.ts'
import { type Export, exportsOf } from '../stream/export-stream.ts'

/** Each form in which the stream can leave the page, to copy or to download. */
export function ExportDialog({
  dialog,
  session,
}: {
  readonly dialog: RefObject<HTMLDialogElement | null>
  readonly session: Session
}): VNode {
  const [said, say] = useState('')
  const { moment, order } = session.view
  const isEmpty = moment.recording.tape.length === 0
  const act = async ({ label, make }: Export, copies: boolean, form: Export): Promise<void> => {
    try {
      if (copies) await navigator.clipboard.writeText(String(make()))
      else download(form)
      say(copies ? `${label} copied.` : `${form.fileName} downloaded.`)
    } catch (error) {
      say(`That did not work: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return (
    <dialog
      id="export-dialog"
      class="wide"
      ref={dialog}
      aria-labelledby="export-title"
      onClose={() => say('')}
    >
      <h2 id="export-title">Export this stream</h2>
      {isEmpty ? (
        <p>There is nothing to export yet.</p>
      ) : (
        <table class="exports">
          <tbody>
            {exportsOf(moment.recording, order?.request).map((form) => (
              <tr key={form.id}>
                <th scope="row">{form.label}</th>
                <td>{form.about}</td>
                <td class="acts">
                  {form.isText ? (
                    <button
                      type="button"
                      id={`copy-${form.id}`}
                      aria-label={`Copy: ${form.label}`}
                      onClick={() => void act(form, true, form)}
                    >
                      Copy
                    </button>
                  ) : null}
                  <button
                    type="button"
                    id={`download-${form.id}`}
                    aria-label={`Download: ${form.label}`}
                    onClick={() => void act(form, false, form)}
                  >
                    Download
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p role="status" class="note" id="export-note">
        {said}
      </p>
      <form method="dialog">
        <button class="act">Close</button>
      </form>
    </dialog>
  )
}

function download({ make, type, fileName }: Export): void {
  const url = URL.createObjectURL(new Blob([make()], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser reads it after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
