import path from 'node:path'

/** The folder of this workspace package. */
export const here: string = path.resolve(import.meta.dirname, '..')

/** The root of the repository. */
export const root: string = path.resolve(here, '../..')

/** Everything a run writes, apart from its reports. Each task has a folder of its own there: they may run side by side. */
export function scratchFolder(task: string): string {
  return path.join(here, '.scratch', task.replaceAll(':', '-'))
}

/** Whether `file` lies in `folder`, by its spelling: both are absolute and without links. */
export function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder + path.sep)
}
