package dev.ebb.style;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Functions and types of Java files, as the compiler's own parser sees them. */
final class JavaCode {
  /** A method or constructor with a body; its length runs from its name's line to its closing brace. */
  record Function(Path file, String name, int lines) {
    @Override
    public String toString() {
      return Sources.name(file) + " " + name + " (" + lines + " lines)";
    }
  }

  /** A class, record, interface or enum, nested ones too. */
  record Type(Path file, String packageName, String name, boolean publicTopLevel) {
    @Override
    public String toString() {
      return Sources.name(file) + " " + name;
    }
  }

  private final List<Function> functions = new ArrayList<>();
  private final List<Type> types = new ArrayList<>();

  private JavaCode() {}

  /** Parses files, without looking at what they refer to. */
  static JavaCode of(List<Path> files) {
    JavaCode code = new JavaCode();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task = (JavacTask)
          compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      Trees trees = Trees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        code.new Reader(unit, trees.getSourcePositions()).scan(unit, null);
      }
      return code;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Function> functions() {
    return functions;
  }

  List<Type> types() {
    return types;
  }

  /** Walks one file. */
  private final class Reader extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final Path file;

    Reader(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
      file = Path.of(unit.getSourceFile().toUri());
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      if (method.getBody() != null) {
        // The body's start, since a declaration's own begins with its annotations.
        long first = line(positions.getStartPosition(unit, method.getBody()));
        long last = line(positions.getEndPosition(unit, method.getBody()));
        if (first > 0 && last >= first) {
          functions.add(new Function(file, method.getName().toString(), (int) (last - first + 1)));
        }
      }
      return super.visitMethod(method, nothing);
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (!type.getSimpleName().isEmpty()) {
        boolean top = getCurrentPath().getParentPath().getLeaf() == unit;
        String packageName = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        types.add(new Type(file, packageName, type.getSimpleName().toString(),
            top && type.getModifiers().getFlags().contains(Modifier.PUBLIC)));
      }
      return super.visitClass(type, nothing);
    }

    private long line(long position) {
      return position < 0 ? -1 : unit.getLineMap().getLineNumber(position);
    }
  }
}
