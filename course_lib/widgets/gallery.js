// Lab of the augmentation chapter: random changes of a picture, at a strength that a slider sets.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { clamp, lab, make, panel, random, select, settings, show, slider, status, table, toggle } from "./kit.js";

const DRAWS = 8;
const TRIES = 10; // boxes drawn until one fits, as in course_lib.data.augment.boxes
const SIGMA = 4; // of the elastic warp, pixels
const COVER = 0.5; // what cutout covers with
const MOST_SEED = 999999;
const PER_DRAW = 100000; // random numbers that one draw may take

// The parameter that the slider sets. `high` null: the side of the picture, and `start` is a share of it.
export const OPERATIONS = {
  mirror: { text: "mirror", parameter: "probability", low: 0, high: 1, start: 0.5,
    note: "Each image is mirrored with this probability (Krizhevsky et al. 2012, section 4.1)." },
  crop: { text: "random crop", parameter: "size", low: 8, high: null, start: 0.75, whole: true,
    note: "A square of this many pixels is cut at a random place and not resized (Krizhevsky et al. 2012, section 4.1: 224 of 256)." },
  pad_crop: { text: "random crop with a frame", parameter: "padding", low: 0, high: 16, start: 4, whole: true,
    note: "A frame of zeros of this width is put around, then the old size is cut at a random place (He et al. 2016, section 4.2: 4 pixels on CIFAR-10)." },
  resized_crop: { text: "random crop, resized", parameter: "least area", low: 0.08, high: 1, start: 0.08,
    note: "A box of this share of the area or more, at ratios of 3:4 to 4:3, is resized to the old size (Szegedy et al. 2015, section 6: from 8 %)." },
  rotate: { text: "rotation", parameter: "degrees", low: 0, high: 180, start: 15,
    note: "The angle is drawn evenly, up to this many degrees to either side; above zero is counter-clockwise." },
  shear: { text: "shear", parameter: "shear", low: 0, high: 89, start: 15,
    note: "The lean of upright lines is drawn evenly, up to this many degrees to either side; above zero is to the left." },
  elastic: { text: "elastic warp", parameter: "alpha", low: 0, high: 200, start: 34,
    note: "Each pixel moves by a random field, smoothed by a Gaussian of 4 pixels and multiplied by alpha (Simard et al. 2003, section 2: 34 for digits of 29\u00d729)." },
  color_shift: { text: "color shift", parameter: "strength", low: 0, high: 1, start: 0.2,
    note: "A number, drawn evenly up to this strength, is added to each channel, whose values are 0 to 1." },
  pca_color: { text: "PCA color", parameter: "sd", low: 0, high: 1, start: 0.1,
    note: "Colors move along the principal components of six photographs, by normal numbers of this standard deviation (Krizhevsky et al. 2012, section 4.1: 0.1), "
      + "times the standard deviation of the component; the paper takes the eigenvalue, its square." },
  cutout: { text: "cutout", parameter: "size", low: 0, high: null, start: 0.25, whole: true,
    note: "A square of this many pixels around a random pixel is covered with grey, about the mean (DeVries & Taylor 2017, section 3.2); it may stick out." },
  mixup: { text: "mixup", parameter: "alpha", low: 0, high: 2, start: 0.2,
    note: "Two pictures and their labels are averaged; the share is drawn from Beta(alpha, alpha) (Zhang et al. 2018, section 2; 0.1 to 0.4 on ImageNet)." },
  cutmix: { text: "cutmix", parameter: "alpha", low: 0, high: 2, start: 1,
    note: "A box of the second picture covers the first. Its share is drawn from Beta(alpha, alpha); labels get the shares of pixels (Yun et al. 2019, section 3.1: alpha 1)." },
};
const MIXING = ["mixup", "cutmix"];

// Changes with fixed draws, and whether the label survives them.
const QUESTIONS = [
  { picture: "digit 6", operation: "rotate", drawn: { degrees: 180 }, ask: "A 6, turned by 180 degrees: is it still a 6?", survives: false,
    why: "It is a 9 now. Digits stand small turns only." },
  { picture: "digit 9", operation: "rotate", drawn: { degrees: 15 }, ask: "A 9, turned by 15 degrees: is it still a 9?", survives: true,
    why: "People write at such angles, so the net should know them." },
  { picture: "word NO", operation: "mirror", drawn: { mirrored: true }, ask: "The word NO, mirrored: does it still say NO?", survives: false,
    why: "A mirrored N is no letter. Text is never mirrored where it is to be read." },
  { picture: "letter b", operation: "mirror", drawn: { mirrored: true }, ask: "The letter b, mirrored: is it still a b?", survives: false,
    why: "It is a d now. Such images would teach the net that b and d are the same." },
  { picture: "boot", operation: "mirror", drawn: { mirrored: true }, ask: "A boot, mirrored: is it still a boot?", survives: true,
    why: "A left boot becomes a right one, and both are boots. Garments may be mirrored." },
  { picture: "boot", operation: "rotate", drawn: { degrees: 180 }, ask: "A boot, turned by 180 degrees: is it still a boot?", survives: true,
    why: "The label survives. But if no boot in the test set stands on its head, the net spends its weights on images that it never meets." },
  { picture: "cat", operation: "cutout", drawn: { box: [0, 0, 56, 64] }, ask: "A cat, covered but for 8 rows of pixels: is there still a cat to see?", survives: false,
    why: "No cat is left to see, so the net is told to guess. A cutout should leave enough of the object." },
  { picture: "cat", operation: "color_shift", drawn: { shifts: [0.1, 0.02, -0.1] }, ask: "A cat in warmer light: is it still a cat?", survives: true,
    why: "Light varies, cats do not. Where color is the label, as with ripe fruit, it would not survive." },
];
const RULES = {
  operation: { start: "mirror", choices: Object.keys(OPERATIONS) },
  picture: { start: "cat" },
  partner: { start: "cup" },
  strength: { start: 0.5, low: 0, high: 200, real: true },
  seed: { start: 0, low: 0, high: MOST_SEED },
  survive: { start: false },
  question: { start: 1, low: 1, high: QUESTIONS.length },
  pictures: { start: {} },
  palette: { start: "" },
  pca: { start: {} },
};

// ---- pictures: { height, width, channels, pixels }, pixels from 0 to 1, row after row ----

const bytes = (text) => Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

export function pictureOf({ side, grey, indices }, palette) {
  const size = { height: side, width: side };
  if (grey) return { ...size, channels: 1, pixels: [...grey].map((digit) => parseInt(digit, 16) / 15) };
  const colors = bytes(palette);
  return { ...size, channels: 3, pixels: bytes(indices).flatMap((i) => [0, 1, 2].map((c) => colors[3 * i + c] / 255)) };
}

// A picture of another size, each value from a function of row, column and channel.
function filled(height, width, channels, value) {
  const pixels = Array(height * width * channels);
  let i = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) pixels[i++] = value(row, column, channel);
    }
  }
  return { height, width, channels, pixels };
}

const reader = ({ height, width, channels, pixels }, outside = 0) => (row, column, channel) =>
  (row >= 0 && column >= 0 && row < height && column < width ? pixels[(row * width + column) * channels + channel] : outside);
const each = (image, change) => ({ ...image, pixels: image.pixels.map(change) });

// ---- what course_lib.data.augment does to one image with a draw ----

export function mirror(image, { mirrored }) {
  const read = reader(image);
  return mirrored ? filled(image.height, image.width, image.channels, (row, column, c) => read(row, image.width - 1 - column, c)) : image;
}

export function crop(image, { size, padding = 0, row, column }) {
  const read = reader(image);
  return filled(size, size, image.channels, (y, x, c) => read(row + y - padding, column + x - padding, c));
}

// What each new pixel reads when a line is resized with a triangle filter: pixels and weights.
export function triangle(size, wanted) {
  const scale = size / wanted;
  const reach = Math.max(scale, 1);
  return Array.from({ length: wanted }, (_, i) => {
    const middle = (i + 0.5) * scale - 0.5;
    const taps = [];
    for (let pixel = Math.max(0, Math.ceil(middle - reach)); pixel <= Math.min(size - 1, middle + reach); pixel++) {
      taps.push([pixel, 1 - Math.abs(pixel - middle) / reach]);
    }
    const sum = taps.reduce((total, [, weight]) => total + weight, 0);
    return taps.map(([pixel, weight]) => [pixel, weight / sum]);
  });
}

export function resize(image, height, width) {
  const [down, across] = [triangle(image.height, height), triangle(image.width, width)];
  const mean = (taps, value) => taps.reduce((sum, [pixel, weight]) => sum + weight * value(pixel), 0);
  const read = reader(image);
  const lines = filled(height, image.width, image.channels, (row, column, c) => mean(down[row], (at) => read(at, column, c)));
  const readLine = reader(lines);
  return filled(height, width, image.channels, (row, column, c) => mean(across[column], (at) => readLine(row, at, c)));
}

export const resizedCrop = (image, { box: [top, left, height, width] }) => {
  const read = reader(image);
  return resize(filled(height, width, image.channels, (row, column, c) => read(top + row, left + column, c)), image.height, image.width);
};

// Read an image at any place, bilinearly; around it lies a plane of zeros.
export function sample(image, place) {
  const read = reader(image);
  const { height, width, channels } = image;
  const pixels = Array(height * width * channels);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [atRow, atColumn] = place(row, column);
      const [y, x] = [clamp(atRow, -1, height), clamp(atColumn, -1, width)];
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [b, r] = [y - top, x - left];
      for (let c = 0; c < channels; c++, i++) {
        pixels[i] = (1 - b) * ((1 - r) * read(top, left, c) + r * read(top, left + 1, c))
          + b * ((1 - r) * read(top + 1, left, c) + r * read(top + 1, left + 1, c));
      }
    }
  }
  return { height, width, channels, pixels };
}

// Shear, then turn, about the center; degrees, counter-clockwise as seen.
export function matrix({ degrees = 0, shear = 0 }) {
  const [angle, lean] = [degrees, shear].map((value) => (value * Math.PI) / 180);
  const [cos, sin, tan] = [Math.cos(angle), Math.sin(angle), Math.tan(lean)];
  return [[cos, cos * tan + sin], [-sin, -sin * tan + cos]];
}

export function affine(image, drawn) {
  const [[a, b], [c, d]] = matrix(drawn);
  const whole = a * d - b * c;
  const [y0, x0] = [(image.height - 1) / 2, (image.width - 1) / 2];
  return sample(image, (row, column) => {
    const [down, right] = [row - y0, column - x0];
    return [(a * down - c * right) / whole + y0, (d * right - b * down) / whole + x0];
  });
}

// `field`: how far down, and how far right, of each pixel its new value lies.
export const elastic = (image, { field: [down, right] }) =>
  sample(image, (row, column) => [row + down[row * image.width + column], column + right[row * image.width + column]]);

export const colorShift = (image, { shifts }) =>
  each(image, (value, i) => clamp(value + shifts[i % image.channels], 0, 1));

export const pcaColor = (image, { alphas }, { components, scales }) =>
  colorShift(image, { shifts: components.map((row) => row.reduce((sum, part, i) => sum + part * alphas[i] * scales[i], 0)) });

export function cutout(image, { box: [top, left, height, width] }) {
  const read = reader(image);
  return filled(image.height, image.width, image.channels, (row, column, c) =>
    (row >= top && row < top + height && column >= left && column < left + width ? COVER : read(row, column, c)));
}

export const mixup = (image, { share }, partner) =>
  each(image, (value, i) => Math.min(1, share * value + (1 - share) * partner.pixels[i]));

export function cutmix(image, { box: [top, left, height, width] }, partner) {
  const [read, other] = [reader(image), reader(partner)];
  return filled(image.height, image.width, image.channels, (row, column, c) =>
    (row >= top && row < top + height && column >= left && column < left + width ? other : read)(row, column, c));
}

const APPLY = { mirror, crop, pad_crop: crop, resized_crop: resizedCrop, rotate: affine, shear: affine, elastic, color_shift: colorShift, pca_color: pcaColor, cutout, mixup, cutmix };

// Change an image by a draw; `other` is the partner of a mix, or the components of colors.
export const apply = (operation, image, drawn, other) => APPLY[operation](image, drawn, other);

// What the label keeps of the first picture.
export const shareOf = (image, { share, box }) => share ?? 1 - (box[2] * box[3]) / (image.height * image.width);

// ---- random draws; `next` gives uniform numbers ----

const evenly = (next, low, high) => low + (high - low) * next();
const below = (next, count) => Math.floor(count * next());
const normal = (next) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

// Beta(alpha, alpha) by Johnk's method, in logarithms; alpha 0 mixes nothing.
export function beta(alpha, next) {
  if (!alpha) return 1;
  for (;;) {
    const [a, b] = [Math.log(1 - next()) / alpha, Math.log(1 - next()) / alpha];
    const top = Math.max(a, b);
    const sum = top + Math.log(Math.exp(a - top) + Math.exp(b - top));
    if (sum <= 0) return Math.exp(a - sum);
  }
}

// The first of ten boxes that fits, at a place drawn evenly, else the largest of the last ratio.
function fittingBox(next, { height, width }, area) {
  let ratio;
  for (let i = 0; i < TRIES; i++) {
    const share = evenly(next, area, 1);
    ratio = Math.exp(evenly(next, Math.log(3 / 4), Math.log(4 / 3)));
    const tall = Math.sqrt((share * height * width) / ratio);
    const [h, w] = [Math.round(tall), Math.round(tall * ratio)];
    if (h >= 1 && w >= 1 && h <= height && w <= width) return [below(next, height - h + 1), below(next, width - w + 1), h, w];
  }
  const [h, w] = [clamp(Math.round(width / ratio), 1, height), clamp(Math.round(height * ratio), 1, width)];
  return [(height - h) >> 1, (width - w) >> 1, h, w];
}

// A box around any pixel, cut off at the edges.
function centeredBox(next, tall, wide, { height, width }) {
  const line = (size, length) => {
    const first = below(next, length) - (size >> 1);
    const [from, to] = [first, first + size].map((at) => clamp(at, 0, length));
    return [from, to - from];
  };
  const [[top, h], [left, w]] = [line(tall, height), line(wide, width)];
  return [top, left, h, w];
}

// Random numbers from -alpha to alpha, smoothed by a Gaussian; they go on beyond the edge.
function smoothField(next, alpha, { height, width }) {
  const margin = 4 * SIGMA;
  const bell = Float64Array.from({ length: 2 * margin + 1 }, (_, i) => Math.exp(-0.5 * ((i - margin) / SIGMA) ** 2));
  const sum = bell.reduce((total, weight) => total + weight, 0);
  const wide = width + 2 * margin;
  const noise = new Float64Array((height + 2 * margin) * wide);
  for (let i = 0; i < noise.length; i++) noise[i] = evenly(next, -alpha, alpha);
  const smooth = (from, first, step) => { // both halves of the bell at once, as this takes the time
    const last = first + 2 * margin * step;
    let total = bell[margin] * from[first + margin * step];
    for (let k = 0; k < margin; k++) total += bell[k] * (from[first + k * step] + from[last - k * step]);
    return total / sum;
  };
  const rows = new Float64Array((height + 2 * margin) * width);
  for (let i = 0; i < rows.length; i++) rows[i] = smooth(noise, Math.floor(i / width) * wide + (i % width), 1);
  return Array.from({ length: height * width }, (_, i) => smooth(rows, i, width));
}

const DRAW = {
  mirror: (next, strength) => ({ mirrored: next() < strength }),
  crop: (next, size, image) => ({ size, row: below(next, image.height - size + 1), column: below(next, image.width - size + 1) }),
  pad_crop: (next, padding, image) => ({ size: image.height, padding, row: below(next, 2 * padding + 1), column: below(next, 2 * padding + 1) }),
  resized_crop: (next, area, image) => ({ box: fittingBox(next, image, area) }),
  rotate: (next, most) => ({ degrees: evenly(next, -most, most) }),
  shear: (next, most) => ({ shear: evenly(next, -most, most) }),
  elastic: (next, alpha, image) => ({ field: [smoothField(next, alpha, image), smoothField(next, alpha, image)] }),
  color_shift: (next, most, image) => ({ shifts: Array.from({ length: image.channels }, () => evenly(next, -most, most)) }),
  pca_color: (next, sd, image) => ({ alphas: Array.from({ length: image.channels }, () => sd * normal(next)) }),
  cutout: (next, size, image) => ({ box: centeredBox(next, size, size, image) }),
  mixup: (next, alpha) => ({ share: beta(alpha, next) }),
  cutmix: (next, alpha, image) => {
    const part = Math.sqrt(1 - beta(alpha, next));
    return { box: centeredBox(next, Math.floor(part * image.height), Math.floor(part * image.width), image) };
  },
};

// One draw of an operation by seed and number.
export function draw(operation, strength, image, seed, number) {
  let index = number * PER_DRAW;
  return DRAW[operation](() => random(seed, index++), strength, image);
}

// The least, the largest and the usual strength for a picture of a side.
export function bounds(operation, side) {
  const { low, high, start } = OPERATIONS[operation];
  return high === null ? [low, side, Math.round(start * side)] : [low, high, start];
}

// The numbers that the generator gives, for its test.
export const betas = (alpha, seed, count) => {
  let index = 0;
  return Array.from({ length: count }, () => beta(alpha, () => random(seed, index++)));
};

const signed = (value, digits) => `${value > 0 ? "+" : ""}${show(value, digits)}`;
const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
const way = (value, more, less) => (value ? `${Math.abs(value)} ${value > 0 ? more : less}` : "");

// How far pixels move: the root of the mean square of their distances.
const movement = (field) => Math.sqrt(field.reduce((sum, plane) => sum + plane.reduce((total, value) => total + value * value, 0) / plane.length, 0));

// A draw in words.
export function words(operation, drawn, image, [first, second]) {
  const { box } = drawn;
  const share = () => shareOf(image, drawn);
  return {
    mirror: () => (drawn.mirrored ? "mirrored" : "as it was"),
    crop: () => `from row ${drawn.row + 1}, column ${drawn.column + 1}`,
    pad_crop: () => [way(drawn.padding - drawn.row, "down", "up"), way(drawn.padding - drawn.column, "right", "left")].filter(Boolean).join(", ") || "as it was",
    resized_crop: () => `${box[2]} \u00d7 ${box[3]} pixels`,
    rotate: () => `${signed(drawn.degrees, 1)}\u00b0`,
    shear: () => `${signed(drawn.shear, 1)}\u00b0`,
    elastic: () => `moves by ${show(movement(drawn.field), 1)} pixels`,
    color_shift: () => drawn.shifts.map((value) => signed(value, 2)).join(", "),
    pca_color: () => drawn.alphas.map((value) => signed(value, 2)).join(", "),
    cutout: () => `${percent((box[2] * box[3]) / (image.height * image.width))} covered`,
    mixup: () => `${percent(share())} ${first}, ${percent(1 - share())} ${second}`,
    cutmix: () => `${percent(share())} ${first}, ${percent(1 - share())} ${second}`,
  }[operation]();
}

// A picture on a canvas; one that is smaller than `side` stays so.
function paint({ height, width, channels, pixels }, side, label) {
  const canvas = make("canvas", { class: "gallery-picture", role: "img", "aria-label": label, width, height });
  canvas.style.width = `${(100 * width) / side}%`;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 4; c++) image.data[4 * i + c] = c === 3 ? 255 : Math.round(255 * pixels[i * channels + (c % channels)]);
  }
  pen.putImageData(image, 0, 0);
  return make("div", { class: "gallery-place" }, canvas);
}

const labelBar = (share) => make("div", { class: "gallery-bar" }, make("span", { style: `width: ${100 * share}%` }));

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const names = Object.keys(state.pictures);
  const images = Object.fromEntries(names.map((name) => [name, pictureOf(state.pictures[name], state.palette)]));
  const said = status();
  const grid = make("div", { class: "gallery-grid" });
  const originals = make("div", { class: "gallery-originals" });
  const note = make("p", { class: "lab-note" });
  const credit = make("p", { class: "lab-note" });
  const sliderPlace = make("div", { class: "gallery-slider" });
  const details = make("div");
  let shown = [];

  // What can be chosen for an operation: PCA color needs three channels, a mix two pictures of one size.
  const allowed = () => names.filter((name) => state.operation !== "pca_color" || images[name].channels === 3);
  const partners = () => names.filter((name) => name !== state.picture && images[name].width === images[state.picture].width);
  function settle() {
    if (!allowed().includes(state.picture)) put("picture", allowed()[0]);
    if (!partners().includes(state.partner)) put("partner", partners()[0]);
    const [low, high] = bounds(state.operation, images[state.picture].width);
    const strength = clamp(state.strength, low, high);
    const right = OPERATIONS[state.operation].whole ? Math.round(strength) : strength;
    if (right !== state.strength) put("strength", right);
  }

  // ---- controls ----
  const texts = Object.fromEntries(Object.entries(OPERATIONS).map(([name, { text }]) => [name, text]));
  const [operationField] = select("Change", texts, state.operation, (name) => {
    put("operation", name);
    settle(); // the picture first, as the usual strength may depend on its side
    put("strength", bounds(name, images[state.picture].width)[2]);
    refresh();
  });
  const [pictureField, pictureList] = select("Picture", [], "", (name) => { put("picture", name); refresh(); });
  const [partnerField, partnerList] = select("Mixed with", [], "", (name) => { put("partner", name); refresh(); });
  const offer = (list, options, value) => {
    list.replaceChildren(...options.map((name) => make("option", { value: name }, name)));
    list.value = value;
  };
  const again = make("button", { type: "button", onclick: () => { put("seed", (state.seed + 1) % (MOST_SEED + 1)); drawAll(); } }, "Draw again");
  const [surviveField] = toggle("Does the label survive?", state.survive, (on) => { put("survive", on); ask(); });

  function refresh() {
    settle();
    const { parameter, whole } = OPERATIONS[state.operation];
    const [low, high] = bounds(state.operation, images[state.picture].width);
    const step = whole || high > 2 ? 1 : 0.01;
    const [field] = slider(`Strength: ${parameter}`, { low, high, step }, state.strength, (value) => show(value), (value) => { put("strength", value); drawAll(); });
    sliderPlace.replaceChildren(field);
    offer(pictureList, allowed(), state.picture);
    offer(partnerList, partners(), state.partner);
    partnerField.hidden = !MIXING.includes(state.operation);
    drawAll();
  }

  // ---- the draws ----
  function drawAll() {
    const { operation, picture, partner, strength, seed } = state;
    const { text, parameter, note: what } = OPERATIONS[operation];
    const [image, second] = [images[picture], images[partner]];
    const mixing = MIXING.includes(operation);
    const labels = [picture, partner].map((name) => state.pictures[name].label);
    const side = image.width;
    shown = Array.from({ length: DRAWS }, (_, number) => {
      const drawn = draw(operation, strength, image, seed, number);
      return { drawn, words: words(operation, drawn, image, labels), result: apply(operation, image, drawn, mixing ? second : state.pca) };
    });
    grid.replaceChildren(...shown.map(({ drawn, words: told, result }, i) => make("figure", {},
      paint(result, side, `Draw ${i + 1}: ${told}`), ...(mixing ? [labelBar(shareOf(image, drawn))] : []), make("figcaption", {}, told))));
    originals.replaceChildren(...(mixing ? [picture, partner] : [picture]).map((name) =>
      make("figure", {}, paint(images[name], side, name), make("figcaption", {}, `label: ${state.pictures[name].label}`))));
    said.textContent = `${text[0].toUpperCase()}${text.slice(1)}, ${parameter} ${show(strength)}: eight draws of the picture ${picture}${mixing ? ` mixed with ${partner}` : ""}, seed ${seed}.`;
    note.textContent = what + (mixing ? " The bar is the soft label: filled for the first picture." : "");
    credit.textContent = (mixing ? [picture, partner] : [picture]).map((name) => state.pictures[name].credit).filter(Boolean).map((who) => `Photograph: ${who}.`).join(" ");
    fill();
  }

  // The draws in words, written only while they are open.
  const closed = make("details", { ontoggle: () => fill() }, make("summary", {}, "The draws in words"), details);
  function fill() {
    details.replaceChildren(...(closed.open ? [table("Draws", ["Draw", "What was drawn"], shown.map(({ words: told }, i) => [String(i + 1), told]))] : []));
  }

  // ---- does the label survive? ----
  const verdict = status();
  const question = make("p", { class: "gallery-question" });
  const pair = make("div", { class: "gallery-pair" });
  const numbers = Object.fromEntries(QUESTIONS.map((_, i) => [i + 1, `${i + 1} of ${QUESTIONS.length}`]));
  const [questionField, questionList] = select("Question", numbers, state.question, (number) => { put("question", Number(number)); ask(); });
  const answer = (text, yes) => make("button", { type: "button", onclick: () => {
    const { survives, why } = QUESTIONS[state.question - 1];
    verdict.textContent = `${yes === survives ? "Right" : "No"}: the label ${survives ? "survives" : "does not survive"}. ${why}`;
  } }, text);
  const following = make("button", { type: "button", onclick: () => {
    put("question", (state.question % QUESTIONS.length) + 1);
    questionList.value = String(state.question);
    ask();
  } }, "Next question");
  const asked = panel("Does the label survive?", make("div", { class: "lab-controls" }, questionField, following), pair, question,
    make("div", { class: "lab-controls gallery-answers" }, answer("Yes", true), answer("No", false)), verdict);

  asked.classList.add("gallery-asked");
  function ask() {
    asked.hidden = !state.survive;
    const { picture, operation, drawn, ask: text } = QUESTIONS[state.question - 1];
    const image = images[picture];
    const part = (title, one) => make("figure", {}, paint(one, image.width, `${picture}, ${title}`), make("figcaption", {}, title));
    pair.replaceChildren(part("before", image), part("after", apply(operation, image, drawn)));
    question.textContent = text;
    verdict.textContent = "";
  }

  el.replaceChildren(lab("random changes of images",
    make("div", { class: "lab-controls" }, operationField, pictureField, partnerField, sliderPlace, again, surviveField),
    said,
    make("div", { class: "gallery-main" }, panel("Picture", originals), panel("Eight draws", grid)),
    note, closed, credit, asked));
  refresh();
  ask();
}

export default { render };
