/** The answers that are not recordings. */
export const STORY = {
  itself:
    'I am a text of a few lines, cut into tesserae: the small tiles that a mosaic is made of. Each word of mine is ' +
    'an event, each event a few bytes, and the network cuts them wherever it likes, in the middle of “é”, of 東京, ' +
    'of 👩‍🚀. On your side a parser finds the events again, and an accumulator lays the tiles, one by one, until the ' +
    'picture is whole. Nothing that arrived is lost: break the connection, and see.',
  stone:
    'Once upon a time there was a stone that was too small for any wall. The builders stepped over it for years. ' +
    'Then a traveller came who did not want a wall but a picture, and looked for just that blue.',
  river:
    'Hello world, said the Nile, and carried the word to Cairo. It had come from so many springs that no one ' +
    'could say which had spoken first.',
} as const
