// The worker that runs a bundle: one request for each test file.
export default {
  async fetch(request) {
    const { mark, options } = await request.json()
    // Inside of the request: outside of one a worker has no timers and no randomness.
    const { run } = await import('bundle.mjs')
    return Response.json(await run(options, (test) => console.log(mark + test)))
  },
}
