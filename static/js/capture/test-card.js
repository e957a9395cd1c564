// What a picture's pixels tell about the device: is anything on it, and does the browser alter what it reads? Pure.

/** The size of the test card, in pixels: two rows of two fields. */
export const TEST_CARD = { width: 64, height: 64 };
const HALF = 32;
/** @type {[number, number, number][]} */
const FIELDS = [
  [220, 40, 40],
  [40, 200, 60],
  [50, 60, 210],
  [230, 220, 60],
];
/** JPEG and colour profiles change a field by less, white or noise in its place by more. */
const MOST_OFF = 50;
/** The noise of a sensor behind a closed cover is less than this once the picture is shrunk. */
const LEAST_SPREAD = 1.5;

/** @param {CanvasRenderingContext2D} context of a canvas of the size TEST_CARD */
export function paint(context) {
  FIELDS.forEach((colour, number) => {
    context.fillStyle = `rgb(${colour.join(",")})`;
    context.fillRect((number % 2) * HALF, Math.floor(number / 2) * HALF, HALF, HALF);
  });
}

/**
 * Whether a picture is the test card.
 *
 * @param {{data: ArrayLike<number>, width: number}} image RGBA
 */
export function sameColours({ data, width }) {
  return FIELDS.every((colour, number) => {
    const left = (number % 2) * HALF;
    const top = Math.floor(number / 2) * HALF;
    return colour.every((wanted, channel) => Math.abs(wanted - mean(data, width, left, top, channel)) < MOST_OFF);
  });
}

/**
 * @param {ArrayLike<number>} data RGBA
 * @param {number} width
 * @param {number} left
 * @param {number} top
 * @param {number} channel
 */
function mean(data, width, left, top, channel) {
  let sum = 0;
  for (let y = top; y < top + HALF; y += 1) {
    for (let x = left; x < left + HALF; x += 1) sum += data[4 * (y * width + x) + channel];
  }
  return sum / HALF ** 2;
}

/**
 * Whether a picture is all of one brightness.
 *
 * @param {ArrayLike<number>} data RGBA
 */
export function isFlat(data) {
  let [sum, squares] = [0, 0];
  const count = data.length / 4;
  for (let at = 0; at < data.length; at += 4) {
    const luma = 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];
    sum += luma;
    squares += luma ** 2;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) < LEAST_SPREAD;
}
