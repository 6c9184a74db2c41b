/* A picture, or numbers, through an ONNX model by onnxruntime's C interface.
 *
 *   ./run MODEL INPUT [--output=FILE] [--runs=N] [--threads=N] [--turns]
 *
 * INPUT     what the model takes: a PPM picture (P6, 8 bits) of its size where that is pixels, else its numbers as they
 *           lie in memory
 * --output  writes all outputs there, one behind the other, as they lie in memory
 * --runs    times so many calls after a warm-up [1, without one]
 * --threads of one operator [1]
 * --turns   answers each line "N" of stdin with N lines "MILLISECONDS DISTURBED", until there are no more
 *
 * One line of JSON comes out. Exit code: 0, 1 onnxruntime's own error, 2 usage, 5 an unreadable file or an input of
 * another size, 6 no onnxruntime, or one without this version of the interface. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#include "ort.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_AXES = 8, MOST_OUTPUTS = 64, WARM_UP = 10, MOST_WARM_UPS = 100 };
enum { FLOAT = 1, UINT8 = 2, TYPES = 14 };

static const size_t BYTES[TYPES] = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8}; /* of ONNX's types; 0: not a number */

const OrtFunction *ort;

typedef struct {
  const char *model, *input, *output;
  int runs, threads, turns;
} Options;

typedef struct {
  int type;
  size_t rank, elements;
  int64_t dims[MOST_AXES];
} Tensor;

typedef struct {
  OrtSession *session;
  OrtValue *input;
  char *name, *outputs[MOST_OUTPUTS];
  size_t count;
} Model;

static void die(int code, const char *format, ...) {
  va_list more;
  va_start(more, format);
  fputs("run: error: ", stderr);
  vfprintf(stderr, format, more);
  fputc('\n', stderr);
  va_end(more);
  exit(code);
}

/* A message may have several lines; one is printed. */
static void ok(OrtStatus *status) {
  if (!status) return;
  char text[1024];
  snprintf(text, sizeof text, "%s", GetErrorMessage(status));
  ReleaseStatus(status);
  for (char *at = text; *at; at++)
    if ((unsigned char)*at < ' ') *at = ' ';
  die(1, "onnxruntime: %s", text);
}

static void *memory(size_t bytes) {
  void *found = malloc(bytes ? bytes : 1);
  if (!found) die(1, "no memory for %zu bytes", bytes);
  return found;
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* How often the system took the processor away. */
static long switches(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_nivcsw;
}

static int ascending(const void *a, const void *b) {
  double apart = *(const double *)a - *(const double *)b;
  return (apart > 0) - (apart < 0);
}

/* ---- what is asked for ---- */

static int whole_number(const char *flag, const char *text, long least) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (end == text || *end || errno || value < least || value > INT_MAX)
    die(2, "%s: must be a whole number, %ld or more, got '%s'", flag, least, text);
  return (int)value;
}

static const char *after(const char *flag, const char *argument) {
  size_t length = strlen(flag);
  return strncmp(argument, flag, length) ? NULL : argument + length;
}

static Options asked(int argc, char **argv) {
  Options found = {NULL, NULL, NULL, 1, 1, 0};
  const char *value;
  for (int i = 1; i < argc; i++) {
    if ((value = after("--output=", argv[i]))) found.output = value;
    else if ((value = after("--runs=", argv[i]))) found.runs = whole_number("--runs", value, 1);
    else if ((value = after("--threads=", argv[i]))) found.threads = whole_number("--threads", value, 0);
    else if (!strcmp(argv[i], "--turns")) found.turns = 1;
    else if (argv[i][0] == '-' && argv[i][1]) die(2, "no option '%s'", argv[i]);
    else if (!found.model) found.model = argv[i];
    else if (!found.input) found.input = argv[i];
    else die(2, "one MODEL and one INPUT, got '%s' too", argv[i]);
  }
  if (!found.input) die(2, "usage: run MODEL INPUT [--output=FILE] [--runs=N] [--threads=N] [--turns]");
  return found;
}

/* ---- files ---- */

static unsigned char *read_whole(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) die(5, "%s: cannot be read (%s)", path, strerror(errno));
  size_t room = 1 << 16;
  unsigned char *data = memory(room);
  *size = 0;
  for (size_t got; (got = fread(data + *size, 1, room - *size, file)) > 0;) {
    *size += got;
    if (*size < room) continue;
    if (room > (size_t)1 << 31) die(5, "%s: is larger than 2 GiB", path);
    unsigned char *larger = realloc(data, room *= 2);
    if (!larger) die(1, "no memory for %zu bytes", room);
    data = larger;
  }
  if (ferror(file)) die(5, "%s: cannot be read (%s)", path, strerror(errno));
  fclose(file);
  return data;
}

/* The next number of a PPM's head, comments passed over; -1 for none. */
static long head_number(const unsigned char *data, size_t size, size_t *at) {
  while (*at < size && (strchr(" \t\r\n\v\f", data[*at]) || data[*at] == '#')) {
    if (!data[*at]) return -1;
    if (data[*at] == '#')
      while (*at < size && data[*at] != '\n') ++*at;
    else
      ++*at;
  }
  long value = -1;
  for (; *at < size && data[*at] >= '0' && data[*at] <= '9' && value < 1000000; ++*at)
    value = (value < 0 ? 0 : value) * 10 + (data[*at] - '0');
  return value;
}

/* Where the pixels of a PPM begin, its height and width having been filled in; exits where it is no such picture. */
static size_t pixels_of(const char *path, const unsigned char *data, size_t size, Tensor *wanted) {
  if (size < 2 || data[0] != 'P' || data[1] != '6') die(5, "%s: is neither a PPM picture (P6) nor of the size", path);
  size_t at = 2;
  long width = head_number(data, size, &at), height = head_number(data, size, &at), most = head_number(data, size, &at);
  if (width < 1 || height < 1 || most != 255 || at >= size) die(5, "%s: is no PPM picture of 8 bits (P6)", path);
  if (wanted->dims[1] < 1) wanted->dims[1] = height;
  if (wanted->dims[2] < 1) wanted->dims[2] = width;
  if (wanted->dims[1] != height || wanted->dims[2] != width)
    die(5, "%s: is %ld x %ld pixels (width x height), the model takes %ld x %ld", path, width, height,
        (long)wanted->dims[2], (long)wanted->dims[1]);
  return at + 1; /* one blank ends the head */
}

static size_t elements_of(const Tensor *tensor) {
  size_t elements = 1;
  for (size_t i = 0; i < tensor->rank; i++) elements *= (size_t)tensor->dims[i];
  return elements;
}

/* The input's values, its open axes settled: the batch is 1, pixels have the picture's size. */
static unsigned char *values_of(const char *path, Tensor *wanted) {
  size_t size, begin = 0;
  unsigned char *data = read_whole(path, &size);
  int is_image = wanted->type == UINT8 && wanted->rank == 4 && wanted->dims[3] == 3;
  if (wanted->rank && wanted->dims[0] < 1) wanted->dims[0] = 1;
  int open = 0;
  for (size_t i = 0; i < wanted->rank; i++) open |= wanted->dims[i] < 1;
  if (is_image && (open || size != elements_of(wanted))) begin = pixels_of(path, data, size, wanted);
  else if (open) die(5, "%s: the model says no size of its input", path);
  wanted->elements = elements_of(wanted);
  size_t bytes = wanted->elements * BYTES[wanted->type];
  if (size - begin != bytes) die(5, "%s: has %zu bytes, the model takes %zu", path, size - begin, bytes);
  memmove(data, data + begin, bytes);
  return data;
}

/* ---- onnxruntime ---- */

static const OrtApiBase *library(void) {
  void *found = dlopen("libonnxruntime.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!found) die(6, "no onnxruntime (%s); type: make ORT=/path/to/libonnxruntime.so.VERSION", dlerror());
  const OrtApiBase *(*get)(void);
  void *symbol = dlsym(found, "OrtGetApiBase");
  if (!symbol) die(6, "libonnxruntime.so.1 is not onnxruntime's (no OrtGetApiBase)");
  memcpy(&get, &symbol, sizeof get); /* what POSIX allows, and C does not say */
  const OrtApiBase *base = get();
  ort = base->GetApi(ORT_API_VERSION);
  if (!ort) die(6, "onnxruntime %s has no version %d of the interface", base->GetVersionString(), ORT_API_VERSION);
  return base;
}

static Tensor described(const OrtShapeInfo *info) {
  Tensor found = {0};
  ok(GetTensorElementType(info, &found.type));
  ok(GetDimensionsCount(info, &found.rank));
  if (found.rank > MOST_AXES) die(5, "a tensor of %zu axes, at most %d are known here", found.rank, MOST_AXES);
  if (found.type < 0 || found.type >= TYPES || !BYTES[found.type]) die(5, "a tensor of type %d", found.type);
  ok(GetDimensions(info, found.dims, found.rank));
  return found;
}

static Tensor input_of(const OrtSession *session) {
  size_t inputs;
  ok(SessionGetInputCount(session, &inputs));
  if (inputs != 1) die(5, "the model takes %zu inputs, one is known here", inputs);
  OrtTypeInfo *type;
  const OrtShapeInfo *info = NULL;
  ok(SessionGetInputTypeInfo(session, 0, &type));
  ok(CastTypeInfoToTensorInfo(type, &info));
  if (!info) die(5, "the model's input is no tensor");
  Tensor found = described(info);
  ReleaseTypeInfo(type);
  return found;
}

static OrtSession *opened(const Options *options, OrtEnv *env) {
  OrtSessionOptions *how;
  OrtSession *session;
  ok(CreateSessionOptions(&how));
  ok(SetIntraOpNumThreads(how, options->threads));
  /* products of 8 bits are added up in 32, whatever the processor: as it comes, some sums are cut off without a word */
  ok(AddSessionConfigEntry(how, "session.x64quantprecision", "1"));
  FILE *file = fopen(options->model, "rb");
  if (!file) die(5, "%s: cannot be read (%s)", options->model, strerror(errno));
  fclose(file);
  ok(CreateSession(env, options->model, how, &session));
  ReleaseSessionOptions(how);
  return session;
}

static void call(const Model *model, OrtValue **outputs) {
  const char *names[1] = {model->name}, *wanted[MOST_OUTPUTS];
  const OrtValue *inputs[1] = {model->input};
  for (size_t i = 0; i < model->count; i++) wanted[i] = model->outputs[i], outputs[i] = NULL;
  ok(Run(model->session, NULL, names, inputs, 1, wanted, model->count, outputs));
}

static void release(const Model *model, OrtValue **outputs) {
  for (size_t i = 0; i < model->count; i++) ReleaseValue(outputs[i]);
}

/* Milliseconds of one call; *disturbed: whether the processor was taken away meanwhile. */
static double timed(const Model *model, int *disturbed) {
  OrtValue *outputs[MOST_OUTPUTS];
  long before = switches();
  double began = now_ms();
  call(model, outputs);
  double took = now_ms() - began;
  *disturbed = switches() != before;
  release(model, outputs);
  return took;
}

/* ---- what comes out ---- */

/* Writes the outputs, and gives the place of the largest number of the first; -1 where that is no row of scores. */
static long written(const Model *model, const char *path, size_t *elements) {
  OrtValue *outputs[MOST_OUTPUTS];
  call(model, outputs);
  FILE *file = path ? fopen(path, "wb") : NULL;
  if (path && !file) die(1, "%s: cannot be written (%s)", path, strerror(errno));
  long top = -1;
  for (size_t i = 0; i < model->count; i++) {
    OrtShapeInfo *info;
    ok(GetTensorTypeAndShape(outputs[i], &info));
    Tensor tensor = described(info);
    ok(GetTensorShapeElementCount(info, &tensor.elements));
    ReleaseTensorTypeAndShapeInfo(info);
    void *data;
    ok(GetTensorMutableData(outputs[i], &data));
    size_t bytes = tensor.elements * BYTES[tensor.type];
    if (file && fwrite(data, 1, bytes, file) != bytes) die(1, "%s: cannot be written (%s)", path, strerror(errno));
    if (i) continue;
    *elements = tensor.elements;
    if (tensor.type != FLOAT || tensor.rank != 2 || tensor.dims[0] != 1) continue;
    const float *score = data;
    for (size_t k = 0; k < tensor.elements; k++)
      if (top < 0 || score[k] > score[top]) top = (long)k;
  }
  if (file && fclose(file)) die(1, "%s: cannot be written (%s)", path, strerror(errno));
  release(model, outputs);
  return top;
}

static double median_of_ten(const Model *model) {
  double ms[WARM_UP];
  int disturbed;
  for (int i = 0; i < WARM_UP; i++) ms[i] = timed(model, &disturbed);
  qsort(ms, WARM_UP, sizeof *ms, ascending);
  return (ms[WARM_UP / 2 - 1] + ms[WARM_UP / 2]) / 2;
}

/* Calls until the median of ten changes by less than 5%, for a second at least. */
static void warm_up(const Model *model) {
  double began = now_ms(), last = median_of_ten(model);
  for (int i = 1; i < MOST_WARM_UPS || now_ms() - began < 1e3; i++) {
    double next = median_of_ten(model), apart = next > last ? next - last : last - next;
    if (apart < 0.05 * last && now_ms() - began >= 1e3) return;
    last = next;
  }
}

/* Nearest rank: the least value that is not below this share of all. */
static double percentile(const double *sorted, int count, double share) {
  int rank = (int)(share * count);
  if (rank < share * count) rank++;
  return sorted[rank < 1 ? 0 : rank - 1];
}

static void print_times(const Model *model, int runs) {
  double *ms = memory((size_t)runs * sizeof *ms);
  int disturbed, count = 0;
  for (int i = 0; i < runs; i++) ms[i] = timed(model, &disturbed), count += disturbed;
  qsort(ms, (size_t)runs, sizeof *ms, ascending);
  printf(", \"runs\": %d, \"p50_ms\": %.4f, \"p90_ms\": %.4f, \"p99_ms\": %.4f, \"disturbed\": %.4f", runs,
         percentile(ms, runs, 0.5), percentile(ms, runs, 0.9), percentile(ms, runs, 0.99), (double)count / runs);
  free(ms);
}

static void take_turns(const Model *model) {
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    for (int left = whole_number("a turn", line, 0); left > 0; left--) {
      int disturbed;
      double ms = timed(model, &disturbed);
      printf("%.6f %d\n", ms, disturbed);
    }
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  Options options = asked(argc, argv);
  const OrtApiBase *base = library();
  OrtEnv *env;
  OrtMemoryInfo *processor;
  OrtAllocator *allocator;
  Model model = {0};
  ok(CreateEnv(ORT_ERRORS_ONLY, "nnlab", &env));
  double began = now_ms();
  model.session = opened(&options, env);
  double load_ms = now_ms() - began;

  Tensor input = input_of(model.session);
  unsigned char *values = values_of(options.input, &input);
  ok(CreateCpuMemoryInfo(0, 0, &processor));
  ok(CreateTensorWithDataAsOrtValue(processor, values, input.elements * BYTES[input.type], input.dims, input.rank,
                                    input.type, &model.input));
  ok(GetAllocatorWithDefaultOptions(&allocator));
  ok(SessionGetInputName(model.session, 0, allocator, &model.name));
  ok(SessionGetOutputCount(model.session, &model.count));
  if (model.count > MOST_OUTPUTS) die(5, "%s: has %zu outputs, at most %d are known here", options.model, model.count,
                                      MOST_OUTPUTS);
  for (size_t i = 0; i < model.count; i++) ok(SessionGetOutputName(model.session, i, allocator, &model.outputs[i]));

  size_t elements = 0;
  began = now_ms();
  long top = written(&model, options.output, &elements);
  double first_ms = now_ms() - began;
  printf("{\"runtime\": \"onnxruntime %s\", \"threads\": %d, \"load_ms\": %.3f, \"first_ms\": %.4f, \"outputs\": %zu",
         base->GetVersionString(), options.threads, load_ms, first_ms, elements);
  if (top >= 0) printf(", \"top1\": %ld", top);
  if (options.runs > 1) {
    warm_up(&model);
    print_times(&model, options.runs);
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf(", \"peak_memory_mb\": %.1f}\n", (double)used.ru_maxrss / 1024.0);
  fflush(stdout);
  if (options.turns) take_turns(&model);

  for (size_t i = 0; i < model.count; i++) ok(AllocatorFree(allocator, model.outputs[i]));
  ok(AllocatorFree(allocator, model.name));
  ReleaseValue(model.input);
  ReleaseMemoryInfo(processor);
  ReleaseSession(model.session);
  ReleaseEnv(env);
  free(values);
  return 0;
}
