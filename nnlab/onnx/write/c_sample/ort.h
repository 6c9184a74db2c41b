/* The part of onnxruntime's C interface that main.c uses.
 *
 * The library exports one function, OrtGetApiBase. What it leads to is a table of function pointers whose order never
 * changes: new versions append to it. So a function is its place in the table and the types that it takes. The names
 * are onnxruntime's; its documentation says more of each. */
#ifndef ORT_H
#define ORT_H

#include <stddef.h>
#include <stdint.h>

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtValue OrtValue;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtShapeInfo OrtShapeInfo; /* OrtTensorTypeAndShapeInfo */

typedef void (*OrtFunction)(void);

typedef struct {
  const OrtFunction *(*GetApi)(uint32_t version);
  const char *(*GetVersionString)(void);
} OrtApiBase;

enum { ORT_API_VERSION = 11, ORT_ERRORS_ONLY = 3 };

extern const OrtFunction *ort; /* the table */

#define ORT(place, result, ...) ((result(*)(__VA_ARGS__))ort[place])

#define GetErrorMessage ORT(2, const char *, const OrtStatus *)
#define CreateEnv ORT(3, OrtStatus *, int level, const char *name, OrtEnv **)
#define CreateSession ORT(7, OrtStatus *, const OrtEnv *, const char *path, const OrtSessionOptions *, OrtSession **)
#define Run                                                                                                  \
  ORT(9, OrtStatus *, OrtSession *, const void *options, const char *const *names, const OrtValue *const *inputs, \
      size_t, const char *const *wanted, size_t, OrtValue **outputs)
#define CreateSessionOptions ORT(10, OrtStatus *, OrtSessionOptions **)
#define SetIntraOpNumThreads ORT(24, OrtStatus *, OrtSessionOptions *, int)
#define SessionGetInputCount ORT(30, OrtStatus *, const OrtSession *, size_t *)
#define SessionGetOutputCount ORT(31, OrtStatus *, const OrtSession *, size_t *)
#define SessionGetInputTypeInfo ORT(33, OrtStatus *, const OrtSession *, size_t, OrtTypeInfo **)
#define SessionGetInputName ORT(36, OrtStatus *, const OrtSession *, size_t, OrtAllocator *, char **)
#define SessionGetOutputName ORT(37, OrtStatus *, const OrtSession *, size_t, OrtAllocator *, char **)
#define CreateTensorWithDataAsOrtValue                                                                   \
  ORT(49, OrtStatus *, const OrtMemoryInfo *, void *, size_t bytes, const int64_t *dims, size_t rank, int type, \
      OrtValue **)
#define GetTensorMutableData ORT(51, OrtStatus *, OrtValue *, void **)
#define CastTypeInfoToTensorInfo ORT(55, OrtStatus *, const OrtTypeInfo *, const OrtShapeInfo **)
#define GetTensorElementType ORT(60, OrtStatus *, const OrtShapeInfo *, int *)
#define GetDimensionsCount ORT(61, OrtStatus *, const OrtShapeInfo *, size_t *)
#define GetDimensions ORT(62, OrtStatus *, const OrtShapeInfo *, int64_t *, size_t)
#define GetTensorShapeElementCount ORT(64, OrtStatus *, const OrtShapeInfo *, size_t *)
#define GetTensorTypeAndShape ORT(65, OrtStatus *, const OrtValue *, OrtShapeInfo **)
#define CreateCpuMemoryInfo ORT(69, OrtStatus *, int allocator, int memory, OrtMemoryInfo **)
#define AllocatorFree ORT(76, OrtStatus *, OrtAllocator *, void *)
#define GetAllocatorWithDefaultOptions ORT(78, OrtStatus *, OrtAllocator **)
#define ReleaseEnv ORT(92, void, OrtEnv *)
#define ReleaseStatus ORT(93, void, OrtStatus *)
#define ReleaseMemoryInfo ORT(94, void, OrtMemoryInfo *)
#define ReleaseSession ORT(95, void, OrtSession *)
#define ReleaseValue ORT(96, void, OrtValue *)
#define ReleaseTypeInfo ORT(98, void, OrtTypeInfo *)
#define ReleaseTensorTypeAndShapeInfo ORT(99, void, OrtShapeInfo *)
#define ReleaseSessionOptions ORT(100, void, OrtSessionOptions *)
#define AddSessionConfigEntry ORT(130, OrtStatus *, OrtSessionOptions *, const char *key, const char *value)

#endif
