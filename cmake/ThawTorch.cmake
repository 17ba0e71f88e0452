# LibTorch: the target `torch` and TORCH_INCLUDE_DIRS. Debian's, one that CMAKE_PREFIX_PATH leads to, or the one in THAW_TORCH.
set(THAW_TORCH "" CACHE PATH "A LibTorch to use: the folder torch of an installed wheel, or an unpacked libtorch")
option(THAW_CUDA "Build for LibTorch's CUDA too, where THAW_TORCH has it (needs the CUDA toolkit)" OFF)

# thaw_import_torch(FOLDER): the processor's half of a LibTorch that was built for CUDA, whose own configuration asks for the toolkit.
function(thaw_import_torch folder)
  find_package(Threads REQUIRED)
  add_library(torch INTERFACE IMPORTED GLOBAL)
  set_target_properties(torch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${folder}/include;${folder}/include/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES "${folder}/lib/libtorch_cpu.so;${folder}/lib/libc10.so;Threads::Threads"
    INTERFACE_LINK_OPTIONS "-Wl,-rpath,${folder}/lib")
  file(STRINGS ${folder}/share/cmake/Torch/TorchConfig.cmake standards REGEX "cxx_std_[0-9]+")
  string(REGEX MATCH "cxx_std_[0-9]+" standard "${standards}")
  if(standard)
    set_property(TARGET torch PROPERTY INTERFACE_COMPILE_FEATURES ${standard})
  endif()
endfunction()

if(THAW_TORCH)
  if(NOT EXISTS ${THAW_TORCH}/share/cmake/Torch/TorchConfig.cmake)
    message(FATAL_ERROR "THAW_TORCH is ${THAW_TORCH}, which holds no LibTorch. "
                        "Give the folder that holds include, lib and share, such as .../site-packages/torch.")
  endif()
  list(PREPEND CMAKE_PREFIX_PATH ${THAW_TORCH})
endif()

if(THAW_TORCH AND EXISTS ${THAW_TORCH}/lib/libtorch_cuda.so AND NOT THAW_CUDA)
  message(STATUS "LibTorch of ${THAW_TORCH} for the processor alone; -DTHAW_CUDA=ON builds for CUDA")
  thaw_import_torch(${THAW_TORCH})
  set(TORCH_INCLUDE_DIRS ${THAW_TORCH}/include ${THAW_TORCH}/include/torch/csrc/api/include)
  file(STRINGS ${THAW_TORCH}/share/cmake/Torch/TorchConfig.cmake TORCH_CXX_FLAGS REGEX "_GLIBCXX_USE_CXX11_ABI=0")
else()
  # Debian's target asks for C++14 and newer ones for what they need: thaw_options raises the first and leaves the second.
  find_package(Torch REQUIRED)
endif()

# Such a LibTorch forces the old names of std::string on all that it is linked with, and Qt has the new ones.
if("${TORCH_CXX_FLAGS}" MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "This LibTorch was built with the old C++ ABI (_GLIBCXX_USE_CXX11_ABI=0), which cannot be linked with Qt. "
                      "Take the wheel of torch 2.7 or newer, a libtorch-cxx11-abi archive, or Debian's libtorch-dev.")
endif()
