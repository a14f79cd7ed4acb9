"""Forms of kernels in other spellings, of the same value."""

import ast


class TurnedRound(ast.NodeTransformer):
    """Sums and products the other way round, quotients as products, roots as powers."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        a, b = node.left, node.right
        if isinstance(node.op, ast.Add | ast.Mult):
            return ast.BinOp(b, node.op, a)
        if isinstance(node.op, ast.Sub):
            return ast.BinOp(ast.UnaryOp(ast.USub(), b), ast.Add(), a)
        if isinstance(node.op, ast.Div):
            return ast.BinOp(ast.BinOp(ast.Constant(1.0), ast.Div(), b), ast.Mult(), a)
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.unparse(node.func) == "np.sqrt":
            return ast.BinOp(node.args[0], ast.Pow(), ast.Constant(0.5))
        return node


class Expanded(ast.NodeTransformer):
    """Brackets multiplied out, differences as sums, squares as products."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        a, b = node.left, node.right
        if isinstance(node.op, ast.Mult):
            for one, other in ((a, b), (b, a)):
                if isinstance(other, ast.BinOp) and isinstance(other.op, ast.Add | ast.Sub):
                    parts = (ast.BinOp(one, ast.Mult(), x) for x in (other.left, other.right))
                    return ast.BinOp(next(parts), other.op, next(parts))
        if isinstance(node.op, ast.Pow) and ast.unparse(b) == "2":
            return ast.BinOp(a, ast.Mult(), a)
        if isinstance(node.op, ast.Sub):
            minus = ast.BinOp(ast.Constant(-1.0), ast.Mult(), b)
            return ast.BinOp(a, ast.Add(), minus)
        return node


def respelled(form, way):
    return ast.unparse(ast.fix_missing_locations(way().visit(ast.parse(form)))).replace("\n", "; ")
