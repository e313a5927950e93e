import {
  createBufferInfoFromArrays,
  createProgramInfo,
  drawBufferInfo,
  setAttribInfoBufferFromArray,
  setBuffersAndAttributes,
  setUniforms,
  type BufferInfo,
} from 'twgl.js';
import type { MapFrame, PointPainter } from './painter';

const VERTEX = `#version 300 es
in vec2 from;
in vec2 to;
in vec4 colour;
in float state;
uniform vec2 middle;
uniform vec2 scale;
uniform float progress;
uniform float radius;
uniform float raised;
flat out vec4 fill;
flat out float ringed;
flat out float extent;

void main() {
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = 1.0;
  fill = vec4(0.0);
  ringed = 0.0;
  extent = 1.0;
  if (state < 0.5 || (state > 2.5) != (raised > 0.5)) return;
  float factor = state < 1.5 ? 0.8 : state < 2.5 ? 1.0 : state < 3.5 ? 1.5 : 1.7;
  gl_Position = vec4((mix(from, to, progress) - middle) * scale, 0.0, 1.0);
  extent = radius * factor + 1.0;
  gl_PointSize = 2.0 * extent;
  fill = vec4(colour.rgb, state < 1.5 ? 0.16 : state < 2.5 ? 0.85 : 1.0);
  ringed = state > 3.5 ? 1.0 : 0.0;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 fill;
flat in float ringed;
flat in float extent;
uniform vec3 accent;
out vec4 pixel;

void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0 * extent;
  float within = clamp(extent - away, 0.0, 1.0);
  float inner = clamp(extent * 0.62 - away, 0.0, 1.0);
  vec3 shown = mix(fill.rgb, accent, ringed * (1.0 - inner));
  float alpha = fill.a * within;
  pixel = vec4(shown * alpha, alpha);
}`;

/** Two passes: the points that are lit or chosen lie above the others. */
const PASSES = [0, 1];

/** Draws the points by the graphics card; null where there is no WebGL 2, or the web view says that it would be slow. */
export function webglPainter(canvas: HTMLCanvasElement): PointPainter | null {
  const context = canvas.getContext('webgl2', {
    antialias: false,
    depth: false,
    stencil: false,
    failIfMajorPerformanceCaveat: true,
  });
  if (!context) return null;
  const gl = context;
  const program = createProgramInfo(gl, [VERTEX, FRAGMENT], (message) => {
    throw new Error(message);
  });
  let points: BufferInfo | null = null;
  let count = 0;
  let states: Uint8Array = new Uint8Array(0);
  let isAnyRaised = false;

  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);

  function update(name: string, values: Float32Array | Uint8Array) {
    const attribute = points?.attribs?.[name];
    if (attribute) setAttribInfoBufferFromArray(gl, attribute, values);
  }

  /** Skips points by the distance between those that are read, so that nothing has to be copied. */
  function readEvery(every: number) {
    const sizes = { from: 8, to: 8, colour: 4, state: 1 };
    for (const [name, bytes] of Object.entries(sizes)) {
      const attribute = points?.attribs?.[name];
      if (attribute) attribute.stride = bytes * every;
    }
  }

  function release() {
    for (const attribute of Object.values(points?.attribs ?? {})) gl.deleteBuffer(attribute.buffer ?? null);
    points = null;
  }

  return {
    place(from, to) {
      release();
      count = to.length / 2;
      if (count === 0) return;
      states = new Uint8Array(count).fill(2);
      isAnyRaised = false;
      points = createBufferInfoFromArrays(gl, {
        from: { numComponents: 2, data: from },
        to: { numComponents: 2, data: to },
        colour: { numComponents: 4, data: new Uint8Array(4 * count), normalize: true },
        state: { numComponents: 1, data: states, normalize: false },
      });
    },
    colour: (colours) => update('colour', colours),
    mark(next) {
      states = next;
      isAnyRaised = states.some((state) => state > 2);
      update('state', states);
    },
    paint({ camera, size, pixelRatio, progress, radius, every, accent }: MapFrame) {
      const width = Math.round(size.width * pixelRatio);
      const height = Math.round(size.height * pixelRatio);
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (!points) return;
      gl.useProgram(program.program);
      for (const raised of isAnyRaised ? PASSES : [0]) {
        // What is lit is little, and is never left out.
        const step = raised ? 1 : Math.min(every, 28);
        readEvery(step);
        setBuffersAndAttributes(gl, program, points);
        setUniforms(program, {
          middle: [camera.x, camera.y],
          scale: [(2 * camera.scale) / size.width, (-2 * camera.scale) / size.height],
          progress,
          radius: radius * pixelRatio,
          raised,
          accent: accent.map((value) => value / 255),
        });
        drawBufferInfo(gl, points, gl.POINTS, Math.floor(count / step));
      }
    },
    dispose() {
      release();
      gl.deleteProgram(program.program);
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}
