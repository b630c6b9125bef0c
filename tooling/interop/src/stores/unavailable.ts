/** A server that cannot be had on this machine: tests skip it with the reason, and fail with `CI=true`. */
export class Unavailable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Unavailable'
  }
}
