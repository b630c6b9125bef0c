export const thing =
  'a sentence that is long enough to be seen in the size of whatever brings it along'
